import { setTimeout as sleep } from 'node:timers/promises';
import {
	type DeliveryAttempt,
	type SimulatedEvent,
	sendDelivery,
} from '../support/simulator/index.mts';
import type { Stage } from '../support/stage/stage.mts';
import { passed } from '../support/stage/terminal.mts';
import { elementAt } from '../support/present.mts';

/** Long enough for an execution that should not be there to show up. */
const settleMs = 1500;

/** A genuine delivery that the demo has seen, with what was sent. */
export interface Seen {
	event: SimulatedEvent;
	delivery: DeliveryAttempt;
}

/** Knows the address and even the Authorization value, but not the signing secret. */
export async function expectForgeryRefused(stage: Stage, { event }: Seen): Promise<void> {
	const webhook = elementAt(stage.simulator.webhooks(), 0);
	await expectNoExecution(stage, 'a forged delivery', 401, async () =>
		sendDelivery(webhook.url, {
			body: event.body,
			authorization: webhook.authorizationHeader,
			secret: 'a guess',
		}),
	);
}

/** Expert repeats a delivery when it has missed the response; the workflow must not run twice. */
export async function expectRepeatIgnored(stage: Stage, seen: Seen): Promise<void> {
	const webhook = elementAt(stage.simulator.webhooks(), 0);
	const { event, delivery } = seen;
	await expectNoExecution(stage, 'the same delivery once more', 200, async () =>
		sendDelivery(webhook.url, {
			body: event.body,
			authorization: webhook.authorizationHeader,
			secret: stage.simulator.signingSecret,
			timestamp: delivery.timestamp,
			deliveryId: delivery.deliveryId,
		}),
	);
}

async function expectNoExecution(
	stage: Stage,
	what: string,
	expectedStatus: number,
	send: () => Promise<{ status: number; ms: number }>,
) {
	const { client, workflow } = stage;
	const before = (await client.executions(workflow.id)).length;
	const { status, ms } = await send();
	if (status !== expectedStatus) throw new Error(`${what} got ${status}`);
	await sleep(settleMs);
	const started = (await client.executions(workflow.id)).length - before;
	if (started > 0) throw new Error(`${what} started ${started} executions`);
	passed(`${what}: ${status} in ${Math.round(ms)} ms, no execution`);
}
