import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, runsOf, storedRuns, tally } from '../n8n/runs.mts';
import { waitFor } from '../wait.mts';
import { event, type PublishedTrigger } from './published-trigger.mts';
import type { Scene } from './scene.mts';
import { eventIdOf } from './stream.mts';

/** One try of a delivery. */
export interface Try {
	/** Undefined: no response came. */
	status: number | undefined;
	responseMs: number;
	/** Executions of the event in the database after all faults were repaired. */
	stored: number;
}

/** Before each retry: ever longer, as with Expert, but quicker; a server that has died takes seconds. */
const RETRY_PAUSES_MS = [100, 300, 900, 2700, 8100, 8100, 8100, 8100];
/** Expert has one second. A busy machine must not hide what the response would have been. */
const TIMEOUT_MS = 10_000;

/** One delivery, repeated as Expert does it: only after a 5xx or no response, each time with a new signature. */
export class RepeatedDelivery {
	readonly deliveryId: string = randomUUID();
	readonly body = event();
	readonly eventId = eventIdOf(this.body);
	readonly tries: Try[] = [];
	private readonly scene: Scene;
	private readonly workflow: PublishedTrigger;

	constructor(scene: Scene, workflow: PublishedTrigger) {
		this.scene = scene;
		this.workflow = workflow;
	}

	/** Tries once, or as often as `strike` does it while something is broken. */
	async attempt(strike: Strike = async (send) => await send()): Promise<void> {
		const responses: Array<Omit<Try, 'stored'>> = [];
		await strike(async () => {
			// Ahead by one more each time: with the same second it would be signed alike.
			const number = this.tries.length + responses.length;
			const timestamp = Math.floor(Date.now() / 1000) + number;
			const sentAt = performance.now();
			const status = await this.send(timestamp);
			responses.push({ status, responseMs: performance.now() - sentAt });
		});
		// What n8n has begun to save counts as saved after a while: it may commit that after the response.
		await this.scene.database.executionsWritten();
		const stored = this.runs().length;
		this.tries.push(...responses.map((response) => ({ ...response, stored })));
	}

	/** Retries until the response is final for Expert, or its retries are used up. */
	async repeat(): Promise<void> {
		while (this.isOpen) {
			await sleep(RETRY_PAUSES_MS[this.tries.length - 1]);
			await this.attempt();
		}
	}

	private async send(timestamp: number): Promise<number | undefined> {
		const { body, deliveryId } = this;
		return await this.workflow
			.send({ body, deliveryId, timestamp, timeoutMs: TIMEOUT_MS })
			.then(({ status }) => status)
			.catch(() => undefined);
	}

	/** The response to the last try. */
	get status(): number | undefined {
		return this.tries.at(-1)?.status;
	}

	runs(): Run[] {
		const { database } = this.scene;
		return runsOf(storedRuns(database, this.workflow.id), this.eventId);
	}

	get isOpen(): boolean {
		const { status } = this;
		return (status === undefined || status >= 500) && this.tries.length <= RETRY_PAUSES_MS.length;
	}

	/** Violations of the promise: nothing lost, nothing run twice without a mark. */
	violations(): string[] {
		const runs = this.runs();
		const { unmarkedDuplicates } = tally(runs);
		const found = [
			...(this.status === 200 ? [] : ['never accepted']),
			...(this.tries.some(({ status, stored }) => status === 200 && stored === 0)
				? ['accepted without an execution']
				: []),
			...(runs.some(({ status }) => isOver(status)) ? [] : ['lost']),
			...(unmarkedDuplicates.length > 0 ? ['a duplicate without a mark'] : []),
		];
		return found.length === 0 ? [] : [`${found.join(', ')} (${this.story(runs)})`];
	}

	private story(runs: Run[]): string {
		const responses = this.tries.map(({ status }) => status ?? 'no response');
		const executions = runs.map(({ status, items }) => `${status}${items[0]?.redelivered === true ? ' (marked)' : ''}`);
		return `responses ${responses.join(', ')}; executions: ${executions.join(', ') || 'none'}`;
	}
}

export type Strike = (send: () => Promise<void>) => Promise<void>;

/**
 * A delivery that is acknowledged at its first try, and where n8n's log stood before it. On a busy machine some come
 * so late that the sender is told to retry: then another one is sent.
 */
export async function acknowledged(scene: Scene, workflow: PublishedTrigger, strike?: Strike) {
	return await waitFor('a delivery is acknowledged', async () => {
		const logged = scene.n8n.log.length;
		const delivery = new RepeatedDelivery(scene, workflow);
		await delivery.attempt(strike);
		return delivery.status === 200 ? { delivery, logged } : undefined;
	});
}

/** It has run, or n8n lists it for a manual retry. */
function isOver(status: string): boolean {
	return status === 'success' || status === 'error' || status === 'crashed';
}
