/** A date as the API gives it, or as n8n writes one; without a zone it is taken for UTC. */
const ISO_DATE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * The time of an edit as the API takes it: `yyyyMMddHHmmss`, UTC.
 *
 * @param value that form, a date such as `editedAt` of a page, or a date object of an expression
 * @returns `undefined` for anything else
 */
export function editTimeOf(value: unknown): string | undefined {
	const text = (value instanceof Date ? value.toISOString() : String(value ?? '')).trim();
	if (/^\d{14}$/.test(text)) return text;
	const [, day, time, zone = 'Z'] = ISO_DATE.exec(text) ?? [];
	const date = new Date(`${day}T${time}${zone}`);
	if (Number.isNaN(date.getTime())) return undefined;
	return date.toISOString().slice(0, 19).replace(/\D/g, '');
}
