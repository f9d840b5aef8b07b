import { randomUUID } from 'node:crypto';
import { event } from '../../support/e2e/published-trigger.mts';
import { executionItems } from '../../support/n8n/executions.mts';
import { sendDelivery } from '../../support/simulator/index.mts';
import type { Stage, Subject } from './stage.mts';
import { LAST } from './workflows.mts';

/**
 * The workflow drawn by hand does its job, or it would prove nothing to be quicker: a genuine
 * delivery reaches its end, a forged one does not, and neither does a genuine one that comes again.
 * Throws if not.
 */
export async function proveByHand(stage: Stage, subject: Subject): Promise<void> {
	const genuine = { body: event(), secret: subject.secret, deliveryId: randomUUID() };
	const arrived = [
		await passes(stage, subject, genuine, 1),
		await passes(stage, subject, { ...genuine, body: event(), secret: 'not the secret' }, 2),
		await passes(stage, subject, genuine, 3),
		await passes(stage, subject, { ...genuine, body: event() }, 4),
	];
	const expected = [true, false, false, true];
	if (arrived.join() !== expected.join()) {
		throw new Error(
			`By hand: genuine, forged, again, genuine should pass as ${expected.join()}, not ${arrived.join()}`,
		);
	}
}

/** Whether the `count`th delivery gets to the last node. */
async function passes(
	{ client }: Stage,
	{ id, url, authorization }: Subject,
	delivery: { body: string; secret: string; deliveryId: string },
	count: number,
): Promise<boolean> {
	await sendDelivery(url, { authorization, ...delivery });
	const executions = await client.waitForExecutions(id, count);
	const newest = executions.at(-1)!;
	if (newest.status !== 'success') throw new Error(`By hand: execution ${newest.status}`);
	return executionItems(newest, LAST).length > 0;
}
