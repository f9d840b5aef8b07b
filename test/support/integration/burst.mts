import { setImmediate } from 'node:timers/promises';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { HttpResponse } from '../simulator/index.mts';
import { LIMIT_MS } from '../wait.mts';
import { type Delivery, newDelivery, send } from './delivery.mts';
import { type Gate, gate } from './gate.mts';
import type { Scene } from './scene.mts';
import { stopTime } from './stop-time.mts';

/** Deliveries that arrive while n8n saves the first of them. */
export interface Burst {
	/** The first one, and those that wait in order of arrival. */
	deliveries: Delivery[];
	/** Responses, in the order of the senders. */
	responses: Array<Promise<HttpResponse>>;
	/** n8n saves the first one when it is opened. */
	saving: Gate;
}

/** The deliveries to the node that n8n is saving, and those that wait for that. */
export function lineAt({ host: { loaded, row } }: Scene) {
	const context = { getWorkflow: () => ({ id: row.id }), getNode: () => row.node };
	return loaded.lineOf(context as unknown as IExecuteFunctions);
}

/** How many deliveries wait, or n8n is saving. */
export function reachedAt(scene: Scene): number {
	const { saving, waiting } = lineAt(scene);
	return saving.size + waiting.length;
}

export async function waitUntilWaiting(scene: Scene, count: number): Promise<void> {
	await waitUntilThere('wait', () => lineAt(scene).waiting.length, count);
}

export async function waitUntilReached(scene: Scene, count: number): Promise<void> {
	await waitUntilThere('have reached the line', () => reachedAt(scene), count);
}

/** Without a timer: time stands still while a burst gathers. */
async function waitUntilThere(what: string, there: () => number, count: number): Promise<void> {
	const limit = AbortSignal.timeout(LIMIT_MS);
	while (there() !== count) {
		if (limit.aborted) throw new Error(`${there()} deliveries ${what} instead of ${count}`);
		await setImmediate();
	}
}

/**
 * Sends a delivery, blocks n8n while saving it, and sends the others in sequence. Time stands still
 * from then on.
 *
 * @param others how many, or which
 */
export async function startBurst(scene: Scene, others: number | Delivery[]): Promise<Burst> {
	const count = typeof others === 'number' ? others : 0;
	const followers = Array.from({ length: count }, () => newDelivery(scene));
	const deliveries = [newDelivery(scene), ...(typeof others === 'number' ? followers : others)];
	const saving = gate();
	scene.host.store = saving.wait;
	stopTime();
	const responses: Array<Promise<HttpResponse>> = [];
	for (const [index, delivery] of deliveries.entries()) {
		responses.push(send(scene, delivery));
		await (index === 0 ? saving.reached : waitUntilWaiting(scene, index));
	}
	return { deliveries, responses, saving };
}

/** The ids of the deliveries in each execution, oldest first. */
export function ranTogether({ host }: Scene): unknown[][] {
	return host.executions.map(({ items }) => items.map(({ deliveryId }) => deliveryId));
}
