import { tryToParseDateTime } from 'n8n-workflow';

import type { OperationContext } from '../core/operation-context';

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
 * ISO, SQL, HTTP, RFC 2822 and JavaScript's own form. n8n's reader alone takes nearly every text that
 * has a number in it, and then in the time zone of the machine.
 */
const LOOKS_LIKE_TIME = /^(\d{4}-\d\d|[A-Z][a-z]{2},? .*(GMT|[+-]\d{4}))/;

function timeText(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(value).trim();
	const { toISO, toISOString } = value as Record<string, unknown>;
	const toText = toISO ?? toISOString;
	return typeof toText === 'function' ? String(toText.call(value)) : '';
}

/** A time that was entered; words about what to enter when it is none. */
export function enteredTime(run: OperationContext, label: string, value: unknown): number {
	const time = timeOf(value, run.n8n.getTimezone());
	if (time !== undefined) return time;
	const isEmpty = value === undefined || value === null || value === '';
	return run.site.refuse({
		message: isEmpty ? `"${label}" is empty` : `"${label}" is not a date and time`,
		description: `Choose a date and time in the field "${label}", or let the expression give one, such as 2026-01-30T17:00:00Z or {{ $now.minus({ hours: 1 }) }}.`,
	});
}

/** As the API takes times: in UTC, without fractions of a second; those are cut off. */
export function apiTime(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** A date of the site, in ms since 1970. */
export function siteTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
}
