import { markdownTable } from 'markdown-table';
import { microseconds, ratio, type Timing } from './harness.mts';

/** One line of a table: the names of the columns and what stands in them. */
export type Row = Record<string, string | number>;

export interface Table {
	title: string;
	rows: Row[];
}

/** What was asked for, and what came of it. */
export interface Goal {
	goal: string;
	measured: number;
	met: boolean;
}

/** What a topic gives: tables to read, and goals to hold them against. */
export interface Outcome {
	tables: Table[];
	goals: Goal[];
}

export function atMost(limit: number, goal: string, measured: number): Goal {
	return { goal: `${goal}: at most ${limit}`, measured, met: measured <= limit };
}

export function atLeast(limit: number, goal: string, measured: number): Goal {
	return { goal: `${goal}: at least ${limit}`, measured, met: measured >= limit };
}

/**
 * Timings beside the first of them. The ratio comes first: a time alone says more of the machine
 * than of the code.
 */
export function comparison(title: string, timings: Timing[]): Table {
	const rows = timings.map((timing): Row => {
		const { ratio: times, middle } = ratio(timing, timings[0]!);
		const half = middle.map(written).join(' – ');
		return { what: timing.name, ratio: times, 'middle half': half, µs: microseconds(timing) };
	});
	return { title, rows };
}

/** An outcome as Markdown, to be read in a terminal and pasted into RESULTS.md. */
export function markdown({ tables, goals }: Outcome): string {
	const rows = goals.map(({ goal, measured, met }) => ({
		goal,
		measured,
		met: met ? 'yes' : 'no',
	}));
	return [...tables, { title: 'Goals', rows }]
		.filter((table) => table.rows.length > 0)
		.map((table) => `${table.title}\n\n${tableOf(table.rows)}\n`)
		.join('\n');
}

/** A row of figures as a line of a table. */
export function writable(row: object): Row {
	const cells = Object.entries(row).map(([name, value]) => [
		name,
		typeof value === 'number' && !Number.isNaN(value) ? value : String(value ?? '–'),
	]);
	return Object.fromEntries(cells) as Row;
}

function tableOf(rows: Row[]): string {
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const isNumber = (name: string) => rows.every((row) => typeof (row[name] ?? 0) === 'number');
	const cells = rows.map((row) => names.map((name) => written(row[name] ?? '–')));
	return markdownTable([names, ...cells], {
		align: names.map((name) => (isNumber(name) ? 'r' : 'l')),
	});
}

/** Three digits are more than any of it is worth; whole numbers are counts and stay. */
export function written(value: string | number): string {
	if (typeof value === 'string' || Number.isInteger(value)) return String(value);
	return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
