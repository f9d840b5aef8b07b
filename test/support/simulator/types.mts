import type { ApiCall } from './api-run.mts';
import type { Cdn } from './cdn.mts';
import type { DeliveryAttempt, Notification } from './delivery-log.mts';
import type { EmitOptions } from './emit.mts';
import type { SimulatedEvent } from './events.mts';
import type { Fault } from './faults.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import type { WebhookState } from './webhooks.mts';
import type { WaitOptions } from '../wait.mts';

/** A running site, as tests and the demo use it. */
export interface Simulator {
	/** `http://127.0.0.1:PORT` unless set otherwise, without trailing slash. */
	url: string;
	/** Where it listens, whatever address it gives itself. */
	localUrl: string;
	/**
	 * Live: a change counts from the next call, event or attempt on. Only `port`, `publicUrl`,
	 * `runAsUser`, `longTermTokenValidityMs` and `reuseConnections` are read once, at the start.
	 */
	settings: Settings;
	/**
	 * Long-term tokens (docs/vendor-facts.md#long-term-token): of an Admin, of a user who may only
	 * read, of one who may edit.
	 */
	longTermToken: string;
	readerJwt: string;
	editorJwt: string;
	/**
	 * From now on the three long-term tokens are too old: their calls run as Anonymous
	 * (docs/vendor-facts.md#anonymous-responses).
	 */
	expireTokens(): void;
	/** For `X-Deki-Token` (docs/vendor-facts.md#server-token), see `makeServerToken`. */
	readonly serverToken: { key: string; secret: string; user: string };
	readonly signingSecret: string;
	site: Site;
	/** Any event type in any spelling, unknown ones too, without a change at the site. */
	emit(type: string, options?: EmitOptions): SimulatedEvent;
	/** What the API shows; deleted ones are gone. */
	webhooks(): WebhookState[];
	/** Registers one without events, past the API and its checks. */
	addWebhook(url: string, authorizationHeader: string): void;
	/** Every API request, oldest first. */
	apiCalls: ApiCall[];
	/** One row per attempt, in the order in which they ended. */
	deliveries: DeliveryAttempt[];
	/** Notices of disabled webhooks: see docs/vendor-facts.md#disabled-webhooks. */
	notifications: Notification[];
	/** Where the site keeps what everybody may see: see docs/vendor-facts.md#content-network. */
	cdn: Pick<Cdn, 'url' | 'requests'>;
	faults: { add(fault: Fault): void; clear(): void };
	/** Bulk pause: see docs/vendor-facts.md#concurrency-and-order. */
	pauseDeliveries(): void;
	resumeDeliveries(): void;
	/** Whether deliveries are paused, and how many have not ended. */
	readonly queue: { paused: boolean; pending: number };
	/**
	 * The Dashboard's manual switch, or with a reason what the site does by itself:
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	enableWebhook(id: number): void;
	disableWebhook(id: number, reason?: string): void;
	/** All queued deliveries and retries have ended; while paused it waits. */
	idle(options?: Pick<WaitOptions, 'timeoutMs'>): Promise<void>;
	close(): Promise<void>;
}
