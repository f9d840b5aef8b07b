import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { AttemptFailed, Attempts, type Delivery } from './attempts.mts';
import type { SimulatedEvent } from '../events/event.mts';
import type { Settings } from '../settings.mts';
import type { Webhook } from '../site/webhooks.mts';
import { type WaitOptions, waitUntilEmpty } from '../../wait.mts';

/**
 * Sends events to webhooks: asynchronous, few concurrently, with retries and growing pauses
 * (docs/vendor-facts.md#responses-and-retries). A delivery that waits for its retry does not hold
 * one of the few places.
 */
export class Deliveries {
	readonly attempts: Attempts;
	private readonly settings: Settings;
	private readonly queues = new Map<number, PQueue>();
	private readonly underWay = new Set<Promise<void>>();
	private readonly closing = new AbortController();
	private isPaused = false;

	constructor(settings: Settings) {
		this.settings = settings;
		this.attempts = new Attempts(settings, this.closing.signal);
	}

	get paused(): boolean {
		return this.isPaused;
	}

	/** Deliveries that have not ended, those that wait for a retry included. */
	get pending(): number {
		return this.underWay.size;
	}

	/**
	 * Events for a disabled webhook are dropped, not kept: see
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	dispatch(event: SimulatedEvent, webhooks: Webhook[]): void {
		for (const webhook of webhooks) {
			if (!webhook.wantsDeliveries) {
				webhook.dropped++;
				continue;
			}
			const ended = this.deliver({ webhook, event, deliveryId: randomUUID() });
			this.underWay.add(ended);
			void ended.finally(() => this.underWay.delete(ended));
		}
	}

	/**
	 * Nothing new is sent until resumed; what is under way goes on: see
	 * docs/vendor-facts.md#concurrency-and-order.
	 */
	pause(): void {
		this.isPaused = true;
		for (const queue of this.queues.values()) queue.pause();
	}

	resume(): void {
		this.isPaused = false;
		for (const queue of this.queues.values()) queue.start();
	}

	/** Waits until all deliveries have ended. */
	async idle(options?: Pick<WaitOptions, 'timeoutMs'>): Promise<void> {
		await waitUntilEmpty('all deliveries of the site have ended', this.underWay, options);
	}

	async close(): Promise<void> {
		this.closing.abort();
		await this.attempts.close();
		// What is queued drops itself as soon as it is started.
		this.resume();
		await this.idle();
	}

	/** All attempts of one delivery. Never rejects: the log tells how it went. */
	private async deliver(delivery: Delivery): Promise<void> {
		const { settings } = this;
		const { webhook } = delivery;
		const signal = AbortSignal.any([this.closing.signal, webhook.waiting.signal]);
		try {
			await pRetry((attempt) => this.queued(delivery, attempt - 1), {
				retries: settings.retries,
				minTimeout: settings.firstBackoffMs,
				factor: 2,
				maxTimeout: settings.maxBackoffMs,
				signal,
				shouldRetry: ({ error }) => error instanceof AttemptFailed && error.mayRetry,
			});
		} catch (error) {
			if (!(error instanceof AttemptFailed)) webhook.dropped++;
		}
	}

	private async queued(delivery: Delivery, retryAttempt: number): Promise<void> {
		const queue = this.queueOf(delivery.webhook);
		queue.concurrency = this.settings.concurrencyPerWebhook;
		await queue.add(() => this.attempts.make(delivery, retryAttempt));
	}

	private queueOf({ id }: Webhook): PQueue {
		const existing = this.queues.get(id);
		if (existing) return existing;
		const { concurrencyPerWebhook: concurrency } = this.settings;
		const queue = new PQueue({ concurrency, autoStart: !this.isPaused });
		this.queues.set(id, queue);
		return queue;
	}
}
