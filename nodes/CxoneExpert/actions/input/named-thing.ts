import { locatorOf } from './locator';
import { asText } from '../core/operation-context';

/** What a field says of one thing: a text, and the way in which it was chosen (`id`, `list`, …). */
export interface LocatorValue {
	mode: string;
	text: string;
}

/**
 * The thing that a field names. A resource locator has a mode; anything else counts as an ID. An
 * expression can give the thing itself, or a whole item that has it under `name`: then its ID is meant.
 */
export function locatorValue(field: unknown, name: string): LocatorValue {
	const { mode, value } = locatorOf(field);
	return { mode: asText(mode), text: asText(idOf(value, name)) };
}

/** The advice for a field that names a thing and holds nothing; `thing` is e.g. `file`. */
export function nothingNamed(thing: string, expression: string) {
	return {
		message: `No ${thing} is named`,
		description: `Enter the ID of the ${thing}. If the field holds an expression such as ${expression}, the incoming item names no ${thing}: not every event does.`,
	};
}

function idOf(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const { id, [name]: inner } = value as Record<string, unknown>;
	return typeof inner === 'object' && inner !== null ? (inner as { id?: unknown }).id : id;
}
