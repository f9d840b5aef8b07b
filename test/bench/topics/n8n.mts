import type { Figures } from '../n8n/figures.mts';
import { benchN8n, defaults, topics } from '../n8n/bench.mts';
import { atLeast, atMost, type Goal, type Outcome, type Row } from '../report.mts';

/* Everything through a real n8n; half an hour. `npm run bench:n8n` can do parts of it. */

export default async function run(): Promise<Outcome> {
	const tell = (topic: string) => console.error(`measured: ${topic}`);
	const told = await benchN8n({ ...defaults, tell });
	const rowsOf = (topic: (typeof topics)[number]) => (told[topic] ?? []) as object[];
	return {
		tables: topics.map((topic) => ({ title: topic, rows: rowsOf(topic).map(writable) })),
		goals: [
			...(rowsOf('engines') as Compared[]).flatMap(goalsOf),
			...(rowsOf('remembered') as Remembered[]).flatMap(goalOfMemory),
			...(rowsOf('activation') as Activation[]).map(({ engine, seconds }) =>
				atMost(1.5, `${engine}, publishing all events at 100 ms, seconds`, seconds),
			),
		],
	};
}

type Compared = Figures & { engine: string; concurrency: number; workflow: string };
type Remembered = Record<'remembered' | 'concurrency' | 'costAgainstNone', number> & {
	engine: string;
};
interface Activation {
	engine: string;
	seconds: number;
}

function goalsOf({ engine, concurrency, workflow, ...figures }: Compared): Goal[] {
	if (workflow !== 'saved' && workflow !== 'immediately') return [];
	const goal = (other: string) => `${engine}, ${concurrency} at a time, ${workflow} by ${other}`;
	return [
		atLeast(workflow === 'saved' ? 0.9 : 1, goal('Webhook node'), figures.againstWebhookNode),
		atLeast(1.1, goal('the workflow drawn by hand'), figures.againstByHand),
	];
}

function goalOfMemory({ engine, remembered, concurrency, costAgainstNone }: Remembered): Goal[] {
	if (remembered !== 10_000) return [];
	return [atMost(1.2, `${engine}, ${concurrency} at a time, 10,000 by 0`, costAgainstNone)];
}

function writable(row: object): Row {
	const cells = Object.entries(row).map(([name, value]) => [
		name,
		typeof value === 'number' && !Number.isNaN(value) ? value : String(value ?? '–'),
	]);
	return Object.fromEntries(cells) as Row;
}
