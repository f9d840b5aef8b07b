import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { Connections, type HttpResponse, send, TimeoutError } from '../../http.mts';
import { type WaitOptions, waitUntilEmpty } from '../../wait.mts';
import type { SimulatedEvent } from '../events/event.mts';
import { type Settings, siteNow } from '../settings.mts';
import type { Webhook } from '../site/webhooks.mts';
import { deliveryHeaders, deliveryTimestamp } from './send.mts';

/** One event on its way to one webhook. */
interface Delivery {
	webhook: Webhook;
	event: SimulatedEvent;
	deliveryId: string;
}

/** One attempt: see docs/vendor-facts.md#delivery-log. */
export interface DeliveryAttempt {
	/** ISO 8601 with milliseconds: start of the attempt. */
	deliveryTimestamp: string;
	/** Null when there was no response. */
	statusCode: number | null;
	responseTimeMs: number;
	/** Empty when the attempt succeeded. */
	failureReason: string;
	/** 0 for the first attempt. */
	retryAttempt: number;
	deliveryId: string;
	webhookId: number;
	/** Header form. */
	eventType: string;
	eventId: string;
	/** Text of X-Nexus-Timestamp. */
	timestamp: string;
}

export interface Notification {
	at: Date;
	webhookId: number;
	url: string;
	consecutiveFailures: number;
	message: string;
}

/** One attempt to reach a webhook. It throws where there was no response in time. */
export type Transport = (
	attempt: Pick<Delivery, 'webhook' | 'event'> & { headers: Record<string, string> },
) => Promise<Pick<HttpResponse, 'status'>>;

interface Outcome {
	response?: Pick<HttpResponse, 'status'>;
	/** Empty = success. */
	failureReason: string;
	mayRetry: boolean;
}

class AttemptFailed extends Error {
	readonly mayRetry: boolean;

	constructor({ failureReason, mayRetry }: Outcome) {
		super(failureReason);
		this.mayRetry = mayRetry;
	}
}

/** The simulator closes, or the webhook is disabled or gone. */
class Dropped extends Error {}

/**
 * Sends events to webhooks: asynchronous, few concurrently, with retries and growing pauses
 * (docs/vendor-facts.md#responses-and-retries). A delivery that waits for its retry does not hold
 * one of the few places.
 */
export class Deliveries {
	readonly log: DeliveryAttempt[] = [];
	readonly notifications: Notification[] = [];
	private isPaused = false;
	private readonly settings: Settings;
	private readonly queues = new Map<number, PQueue>();
	private readonly underWay = new Set<Promise<void>>();
	private readonly closing = new AbortController();
	/** A listener may close an idle one at any time. */
	private readonly connections = new Connections({ keepAlive: false });

	private readonly transport: Transport;

	constructor(settings: Settings, transport?: Transport) {
		this.settings = settings;
		this.transport = transport ?? this.overHttp;
	}

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

	/** Breaks what is under way. */
	async close(): Promise<void> {
		this.closing.abort();
		await this.connections.close();
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
		const { id } = delivery.webhook;
		const queue = this.queues.get(id) ?? new PQueue({ autoStart: !this.isPaused });
		this.queues.set(id, queue);
		queue.concurrency = this.settings.concurrencyPerWebhook;
		await queue.add(() => this.attempt(delivery, retryAttempt));
	}

	/** Throws AttemptFailed or Dropped unless the listener took the delivery. */
	private async attempt(delivery: Delivery, retryAttempt: number): Promise<void> {
		const { webhook, event, deliveryId } = delivery;
		if (this.closing.signal.aborted || !webhook.wantsDeliveries) throw new Dropped();
		const started = siteNow(this.settings);
		const timestamp = deliveryTimestamp(started.getTime());
		const headers = this.headersOf(delivery, timestamp);
		const start = performance.now();
		const outcome = await this.send(delivery, headers);
		if (this.closing.signal.aborted) throw new Dropped();
		const { response, failureReason } = outcome;
		this.log.push({
			deliveryTimestamp: started.toISOString(),
			responseTimeMs: Math.round(performance.now() - start),
			statusCode: response?.status ?? null,
			...{ failureReason, retryAttempt, deliveryId, timestamp },
			...{ webhookId: webhook.id, eventType: event.headerType, eventId: event.id },
		});
		if (failureReason === '') return webhook.succeeded();
		if (webhook.failed()) this.notify(webhook);
		throw new AttemptFailed(outcome);
	}

	/** Whom the site tells of a disabled webhook: see docs/vendor-facts.md#disabled-webhooks. */
	private notify({ id: webhookId, url, consecutiveFailures }: Webhook): void {
		const message = `Webhook ${webhookId} was disabled after ${consecutiveFailures} consecutive failures`;
		const at = siteNow(this.settings);
		this.notifications.push({ at, webhookId, url, consecutiveFailures, message });
	}

	/**
	 * A retry is signed anew and keeps its ID: see docs/vendor-facts.md#timestamp and
	 * docs/vendor-facts.md#delivery-id.
	 */
	private headersOf({ webhook, event, deliveryId }: Delivery, timestamp: string) {
		return deliveryHeaders({
			authorization: webhook.authorizationHeader || undefined,
			secret: this.settings.signingSecret,
			timestamp,
			eventType: event.headerType,
			deliveryId,
			contentType: 'text/xml',
			body: event.body,
		});
	}

	private async send(delivery: Delivery, headers: Record<string, string>): Promise<Outcome> {
		try {
			const response = await this.transport({ ...delivery, headers });
			return { ...judge(response.status), response };
		} catch (error) {
			return { failureReason: whyNoResponse(error as Error), mayRetry: true };
		}
	}

	private readonly overHttp: Transport = async ({ webhook, event: { body }, headers }) => {
		const { connections, settings } = this;
		const url = localAddress(webhook.url, settings);
		const { deliveryTimeoutMs: timeoutMs, acceptSelfSigned } = settings;
		const request = { headers, body, timeoutMs, acceptSelfSigned, connections };
		return await send(url, { method: 'POST', ...request });
	};
}

/** 2xx processed, 3xx and 4xx permanent, 5xx temporary: docs/vendor-facts.md#responses-and-retries. */
function judge(status: number): Outcome {
	if (status >= 200 && status < 300) return { failureReason: '', mayRetry: false };
	if (status >= 500) return { failureReason: `HTTP ${status}`, mayRetry: true };
	const reason = status >= 400 ? 'permanent' : 'redirect not followed';
	return { failureReason: `HTTP ${status}, ${reason}`, mayRetry: false };
}

function whyNoResponse(error: Error & { code?: string }): string {
	if (error instanceof TimeoutError) return `timeout: ${error.message}`;
	return `network: ${[error.code, error.message].filter(Boolean).join(' ')}`;
}

/** Where a listener is on this machine that has another address for everybody else. */
function localAddress(url: string, { localAddresses }: Settings): string {
	const known = Object.keys(localAddresses).find((address) => url.startsWith(`${address}/`));
	return known === undefined ? url : localAddresses[known] + url.slice(known.length);
}
