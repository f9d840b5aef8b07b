import { figuresTable } from '../support/figures-table.mts';
import { Connections, send } from '../support/http.mts';
import type { Builds } from './builds.mts';
import {
	newRequest,
	openN8n,
	publishTrigger,
	publishWebhookNode,
	TRIGGERS,
	type TriggerName,
	untilIdle,
	type Workflow,
} from './workflows.mts';

/** After so many failures in a row Expert disables a webhook: the vendor names no number. */
const DISABLED_AFTER = 10;
/** Expert waits so long for a response. */
const SECOND_MS = 1_000;

/** Events, and how many are under way at once. */
const BURSTS = [
	[25, 25],
	[200, 20],
	[240, 30],
] as const;

interface Outcome {
	inTime: number;
	/** The longest row of failures, in the order in which the site sees them. */
	row: number;
	seconds: number;
}

/**
 * A burst as an import makes it: how many events are answered in time at their first attempt. All workflows
 * take turns in one n8n. The default comes with page details, as users have it.
 */
export async function benchBurst({ all }: Builds, rounds: number, engines: string[]) {
	for (const engine of engines) {
		const stage = { engine, pageDetails: true, remembered: 0 };
		const scene = await openN8n(stage, all[0]!);
		try {
			const workflows = [await publishWebhookNode(scene)];
			for (const name of Object.keys(TRIGGERS) as TriggerName[])
				workflows.push(await publishTrigger(scene, name, stage));
			// Compiled, and its credential read, before it counts.
			for (const workflow of workflows) await burst(workflow, 5, 1);
			const rows = [];
			for (const [events, concurrent] of BURSTS) {
				const outcomes = new Map<Workflow, Outcome[]>(workflows.map((each) => [each, []]));
				for (let round = 0; round < rounds; round++) {
					for (const [workflow, found] of outcomes) {
						found.push(await burst(workflow, events, concurrent));
						await untilIdle(workflow);
					}
				}
				for (const [{ name }, found] of outcomes) rows.push(rowOf(name, events, concurrent, found));
			}
			console.log(`\nExpression engine ${engine}\n`);
			console.log(figuresTable(rows));
		} finally {
			await scene.close();
		}
	}
}

function rowOf(workflow: string, events: number, concurrent: number, outcomes: Outcome[]) {
	const each = (of: keyof Outcome) => outcomes.map((outcome) => outcome[of]);
	return {
		...{ events, concurrent, workflow },
		'in time': each('inTime').join(', '),
		'failures in a row': each('row').join(', '),
		disabled: each('row').some((row) => row >= DISABLED_AFTER) ? 'yes' : 'no',
		seconds: each('seconds')
			.map((seconds) => seconds.toFixed(1))
			.join(', '),
	};
}

/** Each event once: what a retry would save does not count. */
async function burst(workflow: Workflow, events: number, concurrent: number): Promise<Outcome> {
	const connections = new Connections({ keepAlive: true });
	const outcome = { inTime: 0, row: 0 };
	let [left, failed] = [events, 0];
	const started = performance.now();
	const lane = async () => {
		while (left-- > 0) {
			const request = { ...newRequest(workflow), connections };
			const { status, ms } = await send(workflow.url, request).catch(() => ({
				status: 0,
				ms: 0,
			}));
			const isInTime = status === 200 && ms < SECOND_MS;
			failed = isInTime ? 0 : failed + 1;
			outcome.inTime += isInTime ? 1 : 0;
			outcome.row = Math.max(outcome.row, failed);
		}
	};
	await Promise.all(Array.from({ length: concurrent }, lane));
	await connections.close();
	return { ...outcome, seconds: (performance.now() - started) / 1000 };
}
