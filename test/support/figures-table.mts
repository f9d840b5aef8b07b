import { markdownTable } from './markdown-table.mts';

/** Figures as a Markdown table, to read in a terminal and to paste into a document. */
export function figuresTable(rows: Array<Record<string, unknown>>): string {
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const isNumber = (name: string) => rows.every((row) => typeof row[name] === 'number');
	const cells = rows.map((row) => names.map((name) => written(row[name])));
	const align = names.map((name) => (isNumber(name) ? 'right' : 'left'));
	return markdownTable([names, ...cells], align);
}

/** Three digits are more than any measurement is worth; whole numbers are counts and stay. */
export function written(value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value !== 'number' || Number.isNaN(value)) return '–';
	if (Number.isInteger(value)) return String(value);
	return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
