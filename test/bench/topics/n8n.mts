import type { Figures } from '../n8n/figures.mts';
import { benchN8n, defaults, topics } from '../n8n/bench.mts';
import type { Flood } from '../n8n/in-time.mts';
import { atLeast, atMost, type Goal, type Outcome, writable } from '../report.mts';

/* Everything through a real n8n; half an hour. `npm run bench:n8n` can do parts of it. */

export default async function run(): Promise<Outcome> {
	const tell = (topic: string) => console.error(`measured: ${topic}`);
	const told = await benchN8n({ ...defaults, tell });
	const rowsOf = (topic: (typeof topics)[number]) => (told[topic] ?? []) as object[];
	return {
		tables: topics.map((topic) => ({ title: topic, rows: rowsOf(topic).map(writable) })),
		goals: [
			...(rowsOf('engines') as Compared[]).flatMap(goalsOf),
			...(rowsOf('in-time') as InTime[]).flatMap(goalsInTime),
			...(rowsOf('remembered') as Remembered[]).flatMap(goalOfMemory),
			...(rowsOf('activation') as Activation[]).map(({ engine, seconds }) =>
				atMost(1.5, `${engine}, publishing all events at 100 ms, seconds`, seconds),
			),
		],
	};
}

type Compared = Figures & { engine: string; concurrency: number; workflow: string };
type InTime = Flood & {
	engine: string;
	workflow: string;
	inTime: number;
	failuresInARow: number;
};
type Remembered = Record<'remembered' | 'concurrency' | 'costAgainstNone', number> & {
	engine: string;
};
interface Activation {
	engine: string;
	seconds: number;
}

/**
 * How many times the responses of the Webhook node, with several deliveries per execution, 10 concurrent. That
 * node asks no site, so page details are off.
 */
const SEVERAL_BY_WEBHOOK_NODE: Record<string, number> = { vm: 1, legacy: 2.5 };

function goalsOf({ engine, concurrency, workflow, ...figures }: Compared): Goal[] {
	const wanted = SEVERAL_BY_WEBHOOK_NODE[engine];
	const isLikeIt = workflow === 'several when busy, no page details';
	if (isLikeIt && concurrency === 10 && wanted !== undefined) {
		const goal = `${engine}, 10 concurrent, ${workflow} by Webhook node`;
		return [atLeast(wanted, goal, figures.againstWebhookNode)];
	}
	if (workflow !== 'saved' && workflow !== 'immediately') return [];
	const goal = (other: string) => `${engine}, ${concurrency} concurrent, ${workflow} by ${other}`;
	return [
		atLeast(workflow === 'saved' ? 0.9 : 1, goal('Webhook node'), figures.againstWebhookNode),
		atLeast(1.1, goal('the workflow drawn by hand'), figures.againstByHand),
	];
}

/** What several deliveries per execution are for. */
function goalsInTime({ engine, workflow, events, concurrency, ...row }: InTime): Goal[] {
	if (workflow !== 'several when busy') return [];
	const goal = `${engine}, ${events} events, ${concurrency} concurrent, ${workflow}`;
	if (engine === 'vm' && events === 200) {
		return [
			atLeast(195, `${goal}, in time`, row.inTime),
			atMost(3, `${goal}, failures in a row`, row.failuresInARow),
		];
	}
	const isWithinReach = engine === 'vm' ? concurrency <= 25 : engine === 'legacy';
	return isWithinReach ? [atLeast(events, `${goal}, in time`, row.inTime)] : [];
}

function goalOfMemory({ engine, remembered, concurrency, costAgainstNone }: Remembered): Goal[] {
	if (remembered !== 10_000) return [];
	return [atMost(1.2, `${engine}, ${concurrency} concurrent, 10,000 by 0`, costAgainstNone)];
}
