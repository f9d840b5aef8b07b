import { type IWebhookResponseData, sleep } from 'n8n-workflow';

import { nodeKey, processState } from '../process-state';
import { type DeliveryContext, isTest } from './context';
import { atDeadline, RESPONSE_DEADLINE_MS } from './deadline';
import { type Line, MAX_WAIT_MS, takeBatch, takeOverdue } from './line';
import { workflowVersion } from './n8n/workflow-version';
import type { Batch, PendingDelivery } from './pending';
import { deferToN8n, tellToRetry } from './respond';

/*
 * Group commit: while n8n saves one execution, deliveries that arrive wait in line and start the next
 * one together. n8n goes through some twenty steps to save an execution, and its default engine starts
 * a sandbox for it: a busy n8n does that once for all of them. Each delivery keeps its own claim,
 * deadline and response.
 */

/** What a request returns whose items n8n gets from another one, or not at all. */
const NOTHING_TO_RUN: IWebhookResponseData = { noWebhookResponse: true };

/**
 * The line that a delivery shares with others.
 *
 * @returns `undefined` when it has an execution of its own: by choice, in a test, and where n8n does not
 *   tell versions of a workflow apart
 */
export function lineKey({ n8n, parameters }: DeliveryContext): string | undefined {
	if (parameters.deliveriesPerExecution !== 'severalWhenBusy' || isTest(n8n)) return undefined;
	const version = workflowVersion(n8n);
	return version === undefined ? undefined : nodeKey(n8n, version);
}

/** Gives n8n the items: at once when it is saving nothing, else together with all that wait by then. */
export async function joinLine(
	delivery: PendingDelivery,
	key: string,
): Promise<IWebhookResponseData> {
	const line = processState.lines.get(key);
	if (line === undefined) return lead([delivery], { key, waiting: [] });
	void giveUpLater(line);
	return await new Promise((leave) => {
		const chars = JSON.stringify(delivery.items).length;
		line.waiting.push({ delivery, chars, since: performance.now(), leave });
	});
}

/** The line is busy until n8n has said what became of this batch, or a sender would wait no longer. */
function lead(batch: Batch, line: Line): IWebhookResponseData {
	// Set again each time, so that a line at work is not evicted.
	processState.lines.set(line.key, line);
	let isOver = false;
	const moveOn = () => {
		if (isOver) return;
		isOver = true;
		cancelDeadline();
		callNext(line);
	};
	// A save that hangs, or waits for a free place, must not hold up the others.
	const cancelDeadline = atDeadline(performance.now() + RESPONSE_DEADLINE_MS, moveOn);
	return deferToN8n(batch, moveOn);
}

function callNext(line: Line): void {
	const [first, ...others] = takeBatch(line);
	if (first !== undefined) {
		const followers = others.map(({ delivery }) => delivery);
		first.leave(lead([first.delivery, ...followers], line));
		for (const { leave } of others) leave(NOTHING_TO_RUN);
	} else if (processState.lines.get(line.key) === line) {
		processState.lines.delete(line.key);
	}
}

/** A timer for each that waits. It holds nothing but the line: n8n 2.8.4 cannot cancel it. */
async function giveUpLater(line: Line): Promise<void> {
	await sleep(MAX_WAIT_MS);
	for (const { delivery, leave } of takeOverdue(line)) leave(withoutLine(delivery));
}

/** Nobody sends again what was told 200: it goes to n8n alone. The rest is sent again. */
function withoutLine(delivery: PendingDelivery): IWebhookResponseData {
	const { response, claim, n8n } = delivery;
	if (response.status === 200) return deferToN8n([delivery]);
	tellToRetry(n8n, response);
	claim.toldToRetry();
	claim.fail();
	return NOTHING_TO_RUN;
}
