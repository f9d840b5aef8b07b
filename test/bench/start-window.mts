import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
	ACKNOWLEDGED,
	type Attempt,
	DeliveryStream,
	NO_CONNECTION,
	TIMED_OUT,
} from '../support/e2e/stream.mts';
import type { Workflow } from '../support/n8n/client.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { Stage } from './stage.mts';
import { Watch } from './watch.mts';

/*
 * What does Expert get while n8n starts, and while a workflow is published? Deliveries are sent
 * every few ms, straight to n8n and then through nginx as in examples/deploy. An event is lost when
 * Expert would not send it again, although no execution has it.
 */

interface Moment {
	name: string;
	act: (stage: Stage, workflow: Workflow) => Promise<unknown>;
	/** The workflow is not published before. */
	isFirst?: boolean;
}

const moments: Moment[] = [
	{ name: 'stop and start', act: async ({ n8n }) => await n8n.restart() },
	{ name: 'SIGKILL and start', act: async ({ n8n }) => await n8n.restart({ kill: true }) },
	{
		name: 'stop and start, legacy activation',
		act: async ({ n8n }) =>
			await n8n.restart({ env: { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' } }),
	},
	{
		name: 'first publish',
		act: async ({ client }, { id }) => await client.activate(id),
		isFirst: true,
	},
	{ name: 'trigger changed, published again', act: republish },
];

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '3' },
		only: { type: 'string', default: '' },
		json: { type: 'string' },
	},
});

type Figures = Record<string, number>;
const ways = ['n8n', 'nginx'] as const;
type Way = (typeof ways)[number];

const rows: object[] = [];
for (const moment of moments.filter(({ name }) => name.includes(values.only))) {
	// The windows do not depend on the expression engine, and the quick one stands the many
	// deliveries better.
	const stage = await Stage.open({ N8N_EXPRESSION_ENGINE: 'legacy' });
	try {
		const rounds = { n8n: [] as Figures[], nginx: [] as Figures[] };
		for (let count = Number(values.rounds); count > 0; count--) {
			for (const way of ways) rounds[way].push(await round(stage, moment, way));
		}
		const found = summary(moment, rounds);
		console.table(found);
		rows.push(...found);
	} finally {
		await stage.close();
	}
}
if (values.json) await writeFile(values.json, JSON.stringify(rows, null, '\t'));

async function round(stage: Stage, moment: Moment, way: Way): Promise<Figures> {
	const workflow = moment.isFirst ? await stage.workflow() : stage.published;
	const stream = new DeliveryStream(stage.sender(workflow, way), { lanes: 3, pauseMs: 5 });
	if (!moment.isFirst) await stream.untilAcknowledged();
	const watch = new Watch(stage, workflow);
	await moment.act(stage, workflow);
	await stream.untilAcknowledged();
	const attempts = (await stream.end()).filter(({ sentAt }) => sentAt > watch.from);
	await watch.end();
	return figuresOf(stage, workflow, attempts, watch);
}

function figuresOf(stage: Stage, { id }: Workflow, attempts: Attempt[], watch: Watch): Figures {
	const runs = storedRuns(stage.database, id);
	const ran = new Set(runs.flatMap(({ items }) => items.map(({ eventId }) => eventId)));
	// Without a webhook the site would not have sent it.
	const lost = attempts.filter(
		({ eventId, outcome, sentAt }) =>
			isFinal(outcome) && !ran.has(eventId) && watch.hadWebhook(sentAt),
	);
	const responses = Object.entries(Object.groupBy(attempts, ({ outcome }) => outcome));
	const windows = responses.filter(([outcome]) => ![ACKNOWLEDGED, TIMED_OUT].includes(outcome));
	return {
		...Object.fromEntries(responses.map(([outcome, all]) => [outcome, all!.length])),
		...Object.fromEntries(windows.map(([outcome, all]) => [`${outcome}, ms`, duration(all!)])),
		lost: lost.length,
		'lost although ready': lost.filter(({ sentAt }) => watch.wasReadyAgain(sentAt)).length,
		'no webhook at the site, ms': watch.withoutWebhookMs,
	};
}

/** Expert sends no more: see the vendor's rules on responses. */
function isFinal(outcome: string): boolean {
	return ![NO_CONNECTION, TIMED_OUT].includes(outcome) && !outcome.startsWith('5');
}

/** From the first to the last one. */
function duration(attempts: Attempt[]): number {
	return Math.round(attempts.at(-1)!.sentAt - attempts[0]!.sentAt);
}

/** One row for each figure: what happens without nginx, and with it. */
function summary({ name }: Moment, rounds: Record<Way, Figures[]>) {
	const names = new Set(Object.values(rounds).flat().flatMap(Object.keys));
	return [...names].sort().map((figure) => {
		const of = (way: Way) => minMedianMax(rounds[way].map((figures) => figures[figure] ?? 0));
		return { moment: name, figure, n8n: of('n8n'), nginx: of('nginx') };
	});
}

function minMedianMax(numbers: number[]): string {
	const sorted = numbers.sort((a, b) => a - b);
	return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].join(' / ');
}

async function republish({ client }: Stage, { id }: Workflow) {
	const { nodes } = await client.workflow(id);
	const [trigger, ...others] = nodes;
	const isChanged = trigger!.parameters.events.length > 1;
	const events = isChanged ? ['page_create'] : ['page_create', 'page_delete'];
	const parameters = { ...trigger!.parameters, events };
	await client.updateWorkflow(id, { nodes: [{ ...trigger!, parameters }, ...others] });
	await client.activate(id);
}
