import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse } from '../simulator/index.mts';
import { TimeoutError } from '../http.mts';
import { waitUntil } from '../wait.mts';
import { event } from './published-trigger.mts';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Outcome of one delivery, as its sender sees it. */
export interface Attempt {
	eventId: string;
	/** Ms on the clock of `performance.now()`. */
	sentAt: number;
	/** `200`, `404`, … with "(n8n starts)" if it is that text; `no connection`; `no response in time`. */
	outcome: string;
}

export const ACKNOWLEDGED = '200';
const STARTING_UP = '200 (n8n starts)';
export const TIMED_OUT = 'no response in time';
export const NO_CONNECTION = 'no connection';

type Send = (delivery: { body: string; timeoutMs: number }) => Promise<HttpResponse>;

/** Sends a fresh event every few ms, a few concurrently, and keeps what came back, until it is ended. */
export class DeliveryStream {
	private readonly send: Send;
	private readonly timeoutMs: number;
	private readonly pauseMs: number;
	private readonly attempts: Attempt[] = [];
	private readonly lanes: Array<Promise<void>>;
	private isOver = false;

	constructor(send: Send, { lanes = 1, timeoutMs = 1000, pauseMs = 10 } = {}) {
		this.send = send;
		this.timeoutMs = timeoutMs;
		this.pauseMs = pauseMs;
		this.lanes = Array.from({ length: lanes }, async () => await this.run());
	}

	/** Whether a delivery so far has had this outcome. */
	hasMet(outcome: string): boolean {
		return this.attempts.some((attempt) => attempt.outcome === outcome);
	}

	/** Waits until a delivery that is sent from now on is acknowledged. */
	async untilAcknowledged(): Promise<void> {
		const from = performance.now();
		const isIt = ({ outcome, sentAt }: Attempt) => outcome === ACKNOWLEDGED && sentAt > from;
		await waitUntil('a delivery is acknowledged', () => this.attempts.some(isIt));
	}

	/** Waits for the responses that are under way. */
	async end(): Promise<Attempt[]> {
		this.isOver = true;
		await Promise.all(this.lanes);
		return this.attempts.sort((a, b) => a.sentAt - b.sentAt);
	}

	private async run() {
		while (!this.isOver) {
			this.attempts.push(await this.attempt());
			await sleep(this.pauseMs);
		}
	}

	private async attempt(): Promise<Attempt> {
		const body = event();
		const sentAt = performance.now();
		const outcome = await this.send({ body, timeoutMs: this.timeoutMs }).then(outcomeOf, outcomeOfError);
		return { eventId: eventIdOf(body), sentAt, outcome };
	}
}

export function eventIdOf(body: string): string {
	return /<event id="([^"]+)"/.exec(body)![1]!;
}

function outcomeOf({ status, body }: HttpResponse): string {
	return body.startsWith('n8n is starting up') ? STARTING_UP : String(status);
}

function outcomeOfError(error: Error): string {
	return error instanceof TimeoutError ? TIMED_OUT : NO_CONNECTION;
}

/** Proxies give a process at least this long to say that it is ready. */
const PAUSE_MS = 200;
const MAX_TRIES = 20;

/**
 * A test in which this process stands in for servers that a proxy gives a time limit. Restarts
 * after a failure if this process stalled meanwhile: the proxy was then right to avoid it.
 *
 * @param prepare restores the initial state
 */
export function undisturbed<Args extends unknown[]>(
	prepare: () => Promise<void>,
	test: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
	return async (...args) => {
		const pauses: number[] = [];
		for (;;) {
			await prepare();
			const delay = monitorEventLoopDelay({ resolution: 10 });
			delay.enable();
			try {
				return await test(...args);
			} catch (error) {
				const pauseMs = Math.round(delay.max / 1_000_000);
				if (pauseMs < PAUSE_MS) throw error;
				pauses.push(pauseMs);
				if (pauses.length === MAX_TRIES) throw new Error(disturbance(pauses), { cause: error });
			} finally {
				delay.disable();
			}
		}
	};
}

function disturbance(pauses: number[]): string {
	return `The test failed ${pauses.length} times, each time while this process stood still: for ${pauses.join(', ')} ms. Run it on a machine with less other work.`;
}
