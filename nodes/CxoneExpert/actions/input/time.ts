import { type INodeProperties, tryToParseDateTime } from 'n8n-workflow';

import type { Field } from '../core/field';
import { refuseInput } from '../core/input-problem';

/**
 * What a date field or an expression holds, in ms since 1970: a luxon DateTime, a Date, a text that
 * says which day it is, or a Unix time in seconds or ms. A text without an offset is in the time zone
 * of the workflow, as everywhere in n8n.
 *
 * @returns `undefined` for anything else
 */
export function timeOf(value: unknown, zone: string): number | undefined {
	try {
		const text = timeText(value);
		const [, seconds, ms = 0] = /^(\d{10})(\d{3})?$/.exec(text) ?? [];
		if (seconds !== undefined) return Number(seconds) * 1000 + Number(ms);
		if (!LOOKS_LIKE_TIME.test(text)) return undefined;
		return tryToParseDateTime(text, zone).toMillis();
	} catch {
		return undefined;
	}
}

/**
 * ISO, SQL, HTTP, RFC 2822 and JavaScript's own form. n8n's parser alone accepts nearly every text that
 * has a number in it, and then uses the time zone of the machine.
 */
const LOOKS_LIKE_TIME = /^(\d{4}-\d\d|[A-Z][a-z]{2},? .*(GMT|[+-]\d{4}))/;

function timeText(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(value).trim();
	const { toISO, toISOString } = value as Record<string, unknown>;
	const toText = toISO ?? toISOString;
	return typeof toText === 'function' ? String(toText.call(value)) : '';
}

/** A time that was entered; refuses anything else. */
export function enteredTime(label: string, value: unknown, timezone: string): number {
	const time = timeOf(value, timezone);
	if (time !== undefined) return time;
	const isEmpty = value === undefined || value === null || value === '';
	return refuseInput({
		message: isEmpty ? `"${label}" is empty` : `"${label}" is not a date and time`,
		description: `Choose a date and time in the field "${label}", or let the expression give one, such as 2026-01-30T17:00:00Z or {{ $now.minus({ hours: 1 }) }}.`,
	});
}

/** A field for a date and time, in ms since 1970. */
export function timeField(property: INodeProperties & { type: 'dateTime' }): Field<number> {
	return {
		property,
		read: (entered, { timezone }) => enteredTime(property.displayName, entered, timezone),
	};
}

/** The same; `Infinity` when nothing was entered. */
export function optionalTimeField(property: INodeProperties & { type: 'dateTime' }): Field<number> {
	const { read } = timeField(property);
	const isOpen = (entered: unknown) => entered === undefined || entered === '';
	return {
		property,
		read: (entered, context) => (isOpen(entered) ? Infinity : read(entered, context)),
	};
}
