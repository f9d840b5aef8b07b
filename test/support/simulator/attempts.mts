import { randomUUID } from 'node:crypto';
import { Connections, type HttpResponse, send } from '../http.mts';
import { siteNow } from './clock.mts';
import { deliveryHeaders, deliveryTimestamp } from './delivery-headers.mts';
import type { DeliveryAttempt, Notification } from './delivery-log.mts';
import type { SimulatedEvent } from './events.mts';
import type { Settings } from './settings.mts';
import { judgeResponse, judgeError, type Verdict } from './verdict.mts';
import type { Webhook } from './webhooks.mts';
import { present } from '../present.mts';

/** One event on its way to one webhook; the parts that a retry may renew change in place. */
export interface Delivery {
	webhook: Webhook;
	event: SimulatedEvent;
	deliveryId: string;
	/** Text of X-Nexus-Timestamp. */
	timestamp: string;
}

export class AttemptFailed extends Error {
	readonly verdict: Verdict;

	constructor(verdict: Verdict) {
		super(verdict.failureReason);
		this.verdict = verdict;
	}
}

/** The simulator closes, or the webhook is disabled or gone. */
export class Dropped extends Error {}

interface Outcome {
	verdict: Verdict;
	response?: HttpResponse;
}

/** The log keeps this much of a response's body. */
const keptOfResponse = 10_000;

/** Makes single attempts: sign, send, judge, log, count. */
export class Attempts {
	readonly log: DeliveryAttempt[] = [];
	readonly notifications: Notification[] = [];
	private readonly settings: Settings;
	private readonly connections: Connections;
	private readonly closing: AbortSignal;

	constructor(settings: Settings, closing: AbortSignal) {
		this.settings = settings;
		this.closing = closing;
		this.connections = new Connections({ keepAlive: settings.reuseConnections });
	}

	/** Breaks what is under way. */
	async close(): Promise<void> {
		await this.connections.close();
	}

	/** Throws AttemptFailed or Dropped unless the listener took the delivery. */
	async make(delivery: Delivery, retryAttempt: number): Promise<void> {
		const { webhook } = delivery;
		const finishing = this.settings.pendingWhenDisabled === 'finish' && !webhook.deleted;
		if (this.closing.aborted || !(webhook.wantsDeliveries || finishing)) throw new Dropped();
		const headers = this.headersOf(delivery, retryAttempt);
		const started = siteNow(this.settings);
		const start = performance.now();
		const outcome = await this.send(delivery, headers);
		if (this.closing.aborted) throw new Dropped();
		this.log.push({
			deliveryTimestamp: started.toISOString(),
			responseTimeMs: Math.round(performance.now() - start),
			retryAttempt,
			signature: present(headers['X-Nexus-Signature-256'], 'header'),
			...rowOf(delivery, outcome),
		});
		const { verdict } = outcome;
		if (verdict.failureReason === '') return webhook.succeeded();
		if (this.settings.failureUnit === 'attempt') this.countFailure(webhook, verdict);
		throw new AttemptFailed(verdict);
	}

	/**
	 * Too many in a row disable the webhook, and a notification says so: see
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	countFailure(webhook: Webhook, verdict: Verdict): void {
		if (!verdict.countsAsFailure || !webhook.failed()) return;
		const { id, url, consecutiveFailures } = webhook;
		const message = `Webhook ${id} was disabled after ${consecutiveFailures} consecutive failures`;
		const at = siteNow(this.settings);
		this.notifications.push({ at, webhookId: id, url, consecutiveFailures, message });
	}

	/**
	 * What of a retry is new: see docs/vendor-facts.md#timestamp and
	 * docs/vendor-facts.md#delivery-id.
	 */
	private headersOf(delivery: Delivery, retryAttempt: number): Record<string, string> {
		const { settings } = this;
		const isRetry = retryAttempt > 0;
		if (!isRetry || settings.retryTimestamp === 'new') {
			delivery.timestamp = deliveryTimestamp(settings.timestampUnit, siteNow(settings).getTime());
		}
		if (isRetry && settings.deliveryIdOnRetry === 'new') delivery.deliveryId = randomUUID();
		return deliveryHeaders({
			authorization: delivery.webhook.authorizationHeader || undefined,
			secret: settings.signingSecret,
			timestamp: delivery.timestamp,
			eventType: delivery.event.headerType,
			deliveryId: delivery.deliveryId,
			contentType: settings.deliveryContentType,
			body: delivery.event.body,
		});
	}

	private async send(delivery: Delivery, headers: Record<string, string>): Promise<Outcome> {
		const { settings, connections } = this;
		const { deliveryTimeoutMs: timeoutMs, acceptSelfSigned } = settings;
		const { body } = delivery.event;
		const request = { headers, body, timeoutMs, acceptSelfSigned, connections };
		try {
			const url = localAddress(delivery.webhook.url, settings);
			const response = await send(url, { method: 'POST', ...request });
			return { verdict: judgeResponse(response.status, settings), response };
		} catch (error) {
			return { verdict: judgeError(error as Error, settings) };
		}
	}
}

/** Where a listener is on this machine that has another address for everybody else. */
function localAddress(url: string, { localAddresses }: Settings): string {
	const known = Object.keys(localAddresses).find((address) => url.startsWith(`${address}/`));
	return known === undefined ? url : localAddresses[known] + url.slice(known.length);
}

/** The part of a log row that does not depend on the clock. */
function rowOf(delivery: Delivery, { verdict, response }: Outcome) {
	return {
		statusCode: response?.status ?? null,
		failureReason: verdict.failureReason,
		deliveryId: delivery.deliveryId,
		webhookId: delivery.webhook.id,
		eventType: delivery.event.headerType,
		eventId: delivery.event.id,
		timestamp: delivery.timestamp,
		responseBody: response?.body.slice(0, keptOfResponse) ?? '',
		responseHeaders: response?.headers ?? {},
	};
}
