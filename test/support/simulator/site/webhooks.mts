import { randomUUID } from 'node:crypto';
import { ASSUMED, type Settings, siteNow } from '../settings.mts';

/**
 * One webhook (docs/vendor-facts.md#webhook-documents) and its failure count
 * (docs/vendor-facts.md#disabled-webhooks).
 */
export class Webhook {
	readonly guid = randomUUID();
	readonly createdDate: Date;
	/** Path form → header form and date. */
	readonly events = new Map<string, { header: string; createdDate: Date }>();
	active = true;
	deleted = false;
	consecutiveFailures = 0;
	disabledReason: string = ASSUMED.disabledReason.none;
	/** Deliveries given up because the webhook was disabled or deleted. */
	dropped = 0;
	/** Aborted when what waits for a retry is to be given up. */
	waiting = new AbortController();
	readonly id: number;
	url: string;
	authorizationHeader: string;
	private readonly settings: Settings;

	constructor(id: number, url: string, authorizationHeader: string, settings: Settings) {
		this.id = id;
		this.url = url;
		this.authorizationHeader = authorizationHeader;
		this.settings = settings;
		this.createdDate = siteNow(settings);
	}

	get wantsDeliveries(): boolean {
		return this.active && !this.deleted;
	}

	/** What was under way when the webhook was disabled changes its count no more. */
	succeeded(): void {
		if (this.active) this.consecutiveFailures = 0;
	}

	/** Counts one failure; true when it was the one that disabled the webhook. */
	failed(): boolean {
		if (!this.active) return false;
		this.consecutiveFailures++;
		if (this.consecutiveFailures < this.settings.autoDisableAfter) return false;
		this.disable(ASSUMED.disabledReason.failures);
		return true;
	}

	/** What waits for a retry is dropped: docs/vendor-facts.md#disabled-webhooks. */
	disable(reason: string = ASSUMED.disabledReason.none): void {
		this.active = false;
		this.disabledReason = reason;
		this.waiting.abort();
	}

	enable(): void {
		if (this.active) return;
		this.active = true;
		this.waiting = new AbortController();
		this.consecutiveFailures = 0;
		this.disabledReason = ASSUMED.disabledReason.none;
	}

	remove(): void {
		this.deleted = true;
		this.waiting.abort();
	}

	state() {
		const { id, guid, url, authorizationHeader, active, deleted, createdDate, dropped } = this;
		return {
			...{ id, guid, url, authorizationHeader, active, deleted, createdDate, dropped },
			consecutiveFailures: this.consecutiveFailures,
			disabledReason: this.disabledReason,
			events: [...this.events.values()].map(({ header }) => header),
		};
	}
}

/** What a test sees of a webhook; its events in header form, in order of registration. */
export type WebhookState = ReturnType<Webhook['state']>;

export class Webhooks {
	private readonly all: Webhook[] = [];
	private readonly settings: Settings;

	constructor(settings: Settings) {
		this.settings = settings;
	}

	add(url: string, authorizationHeader: string): Webhook {
		const webhook = new Webhook(this.all.length + 1, url, authorizationHeader, this.settings);
		this.all.push(webhook);
		return webhook;
	}

	/** Also finds deleted ones. */
	find(id: number): Webhook | undefined {
		return this.all.find((webhook) => webhook.id === id);
	}

	get everything(): readonly Webhook[] {
		return this.all;
	}

	get current(): Webhook[] {
		return this.all.filter((webhook) => !webhook.deleted);
	}
}
