import type { ApiCall } from './api-run.mts';
import type { Cdn } from './cdn.mts';
import type { DeliveryAttempt, Notification } from './delivery-log.mts';
import type { EmitOptions } from './emit.mts';
import type { SimulatedEvent } from './events.mts';
import type { Fault } from './faults.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import type { WebhookState } from './webhooks.mts';

/** A running site, as tests and the demo use it. */
export interface Simulator {
	/** `http://127.0.0.1:PORT`, without trailing slash. */
	url: string;
	/**
	 * Live: a change counts from the next call, event or attempt on. Only `port`, `tokenUser`,
	 * `longTermTokenValidityMs` and `reuseConnections` are read once, at the start.
	 */
	settings: Settings;
	/** Long-term tokens (§5.3): of an Admin, of a user who may only read, of one who may edit. */
	jwt: string;
	readerJwt: string;
	editorJwt: string;
	/** From now on the three long-term tokens are too old: their calls run as Anonymous (U-22). */
	expireTokens(): void;
	/** For `X-Deki-Token` (§5.2), see `makeServerToken`. */
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
	/** Auto-disable notices (G-19). */
	notifications: Notification[];
	/** Where the site keeps what everybody may see (F-05). */
	cdn: Pick<Cdn, 'url' | 'requests'>;
	faults: { add(fault: Fault): void; clear(): void };
	/** Bulk pause (G-14). */
	pauseDeliveries(): void;
	resumeDeliveries(): void;
	/** Whether deliveries are paused, and how many have not ended. */
	readonly queue: { paused: boolean; pending: number };
	/** The Dashboard's manual switch (G-20). */
	enableWebhook(id: number): void;
	disableWebhook(id: number): void;
	/** All queued deliveries and retries have ended; while paused it waits. */
	idle(): Promise<void>;
	close(): Promise<void>;
}
