/** For a field that is empty although the workflow author may have seen something in it. */
export const EMPTY_EXPRESSION =
	'If the field contains an expression, the incoming item may not have that value.';

/** A field or an expression as text; empty for anything that is no text (NaN included). */
export function asText(value: unknown): string {
	return typeof value === 'string' || Number.isFinite(value) ? String(value).trim() : '';
}

/** A list of texts from what was entered: a list, or one text with commas between. */
export function asList(value: unknown): string[] {
	const entries = Array.isArray(value) ? value.map(asText) : asText(value).split(',');
	return [...new Set(entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))];
}
