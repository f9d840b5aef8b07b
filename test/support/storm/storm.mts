import { setTimeout as sleep } from 'node:timers/promises';
import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import { COUNT_IN_STATIC_DATA, type Scene } from '../e2e/scene.mts';
import { type Run, runsOf, storedRuns, tally } from '../n8n/runs.mts';
import { waitUntil } from '../wait.mts';
import { schedule, Senders } from './senders.mts';

export interface StormOptions {
	deliveries: number;
	concurrency: number;
	/**
	 * Restart n8n in order when half of the deliveries are acknowledged, and send all again at the end; behind the
	 * trigger, a Code node writes workflow static data in every execution.
	 */
	restart?: boolean;
	/** How many deliveries may start one execution. */
	deliveriesPerExecution: TriggerParameters['deliveriesPerExecution'];
	/** Of the deliveries that have copies. */
	repeatedPercent?: number;
	/** A proxy to send through, in place of the address that the site has. */
	proxyUrl?: string;
}

/** Outcome of a storm. */
export interface StormFigures {
	deliveries: number;
	copies: number;
	responses: Record<string, number>;
	executions: number;
	/** Deliveries without an execution. */
	lost: number;
	/** The executions of each event that ran more than once, the later items not all marked `redelivered`. */
	unmarkedDuplicates: string[];
	markedDuplicates: number;
	/** Events that were acknowledged before the restart, and ran more than once. */
	duplicatesOfAcknowledged: number;
	seconds: number;
}

/** Gives the same copies each time. */
const SEED = 1;

/** Runs a storm of copies against a workflow of its own, and counts what ran. */
export async function storm(scene: Scene, options: StormOptions): Promise<StormFigures> {
	const { deliveries, restart = false, deliveriesPerExecution, repeatedPercent } = options;
	const additionalOptions = { deliveriesPerExecution };
	const trigger = await scene.published(
		{ events: ['page_create'], additionalOptions },
		restart ? { code: COUNT_IN_STATIC_DATA } : {},
	);
	const senders = new Senders(targetOf(scene, trigger, options), options.concurrency);
	const startedAt = performance.now();
	const sent = senders.send(schedule(SEED, deliveries, repeatedPercent));
	let acknowledgedBefore = new Set<string>();
	if (restart) {
		await senders.whenAcknowledged(deliveries / 2);
		acknowledgedBefore = await restartUnder(senders, scene, trigger);
	}
	await sent;
	if (restart) await senders.sendAgain();
	const seconds = Math.round((performance.now() - startedAt) / 1000);
	await allFinished(scene, trigger);
	// What the site sends to others is not for this one.
	await scene.client.deactivate(trigger.id);
	return { seconds, ...count(scene, trigger, senders, acknowledgedBefore) };
}

function targetOf(scene: Scene, trigger: PublishedTrigger, { proxyUrl }: StormOptions) {
	const authorization = trigger.webhooks()[0]?.authorizationHeader;
	const url = (proxyUrl ?? scene.publicUrl) + new URL(trigger.url).pathname;
	return { url, secret: scene.site.signingSecret, authorization };
}

/** Ms until a proxy in front of n8n knows that it is stopping. */
const NOTICE = 1000;

/**
 * An orderly restart: n8n is told to stop, gets nothing new from a second later on, and exits by
 * itself. Nothing is sent until it responds for the workflow again; a proxy in front of it must do
 * the same, because a starting n8n sends responses of its own. Returns the events acknowledged
 * before.
 */
async function restartUnder(senders: Senders, scene: Scene, trigger: PublishedTrigger) {
	const stopped = scene.n8n.stop();
	await sleep(NOTICE);
	senders.hold();
	await stopped;
	const acknowledged = new Set(senders.acknowledged);
	await scene.n8n.start();
	await trigger.routed();
	senders.release();
	return acknowledged;
}

async function allFinished({ database }: Scene, { id }: PublishedTrigger) {
	await database.executionsWritten();
	const sql = `SELECT id FROM execution_entity WHERE "workflowId" = ? AND status IN ('new', 'running') LIMIT 1`;
	const hasFinished = () => database.rows(sql, id).length === 0;
	await waitUntil('n8n has run all of the storm', hasFinished, { timeoutMs: 600_000 });
}

function count(
	{ database }: Scene,
	{ id }: PublishedTrigger,
	{ sent, copies, responses }: Senders,
	acknowledgedBefore: Set<string>,
) {
	const runs = storedRuns(database, id);
	const { events, executions, unmarkedDuplicates, markedDuplicates } = tally(runs);
	const duplicates = [...unmarkedDuplicates, ...markedDuplicates];
	return {
		deliveries: sent.size,
		copies,
		responses,
		executions,
		lost: sent.size - events,
		unmarkedDuplicates: unmarkedDuplicates.map((eventId) => described(runsOf(runs, eventId))),
		markedDuplicates: markedDuplicates.length,
		duplicatesOfAcknowledged: duplicates.filter((eventId) => acknowledgedBefore.has(eventId)).length,
	};
}

/** For whoever looks into a duplicate. */
function described(runs: Run[]): string {
	return runs
		.map(({ executionId, status, began, passedOnAt, items }) => {
			const marks = items.map(({ redelivered }) => redelivered === true);
			return JSON.stringify({ executionId, status, began, passedOnAt, marks });
		})
		.join(' ');
}
