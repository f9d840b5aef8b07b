import { type HttpRequest, type HttpResponse, send } from '../http.mts';
import type { LocalServer } from '../local-server.mts';
import type { WaitOptions } from '../wait.mts';
import { ApiXml } from './api/xml.mts';
import { Deliveries, type DeliveryAttempt, type Notification, type Transport } from './delivery/deliveries.mts';
import { type EmitOptions, madeUpEvent } from './events/emit.mts';
import { buildEvent, type SimulatedEvent } from './events/event.mts';
import type { FindHandler } from './http/answer.mts';
import type { ApiCall, Backend } from './http/call.mts';
import type { Cdn } from './http/cdn.mts';
import { Faults } from './http/faults.mts';
import { Tokens } from './http/tokens.mts';
import { ASSUMED, type Settings } from './settings.mts';
import { Site } from './site/site.mts';
import { Webhooks, type WebhookState } from './site/webhooks.mts';

/** What a site stands on. */
interface Ground {
	handlers: FindHandler;
	/** Where it listens. */
	server: Pick<LocalServer, 'url' | 'close'>;
	cdn: Cdn;
	/** How a delivery reaches its webhook; HTTP if absent. */
	transport?: Transport;
}

/** A running site, as tests and the demo use it. */
export class Simulator {
	/** Where it listens, whatever its public address. */
	readonly localUrl: string;
	/** `http://127.0.0.1:PORT` unless set otherwise, without trailing slash. */
	readonly url: string;
	/**
	 * Live: a change counts from the next call, event or attempt on. Only `port`, `publicUrl` and
	 * `longTermTokenValidityMs` are read once, at the start.
	 */
	readonly settings: Settings;
	readonly site: Site;
	/** Every API request, oldest first. */
	readonly apiCalls: ApiCall[] = [];
	/** Without a response so far. */
	openCalls = 0;
	readonly faults = new Faults();
	/** Where the site keeps what everybody may see: see docs/vendor-facts.md#content-network. */
	readonly cdn: Cdn;
	/** For `X-Deki-Token`, see `makeServerToken`. */
	readonly serverToken: { key: string; secret: string; user: string };
	readonly tokens: Tokens;
	/** Of an Admin, of a user who may only read, of one who may edit. */
	readonly longTermToken: string;
	readonly readerJwt: string;
	readonly editorJwt: string;
	readonly backend: Backend;
	readonly handlers: FindHandler;
	/** A slowed-down call must not outlive the simulator. */
	readonly closing = new AbortController();
	private readonly server: Ground['server'];
	private readonly hooks: Webhooks;
	private readonly sender: Deliveries;

	constructor(settings: Settings, { handlers, server, cdn, transport }: Ground) {
		this.localUrl = server.url;
		this.url = settings.publicUrl || this.localUrl;
		this.settings = settings;
		this.serverToken = { ...settings.serverToken, user: ASSUMED.owner };
		this.handlers = handlers;
		this.server = server;
		this.cdn = cdn;
		this.hooks = new Webhooks(settings);
		this.sender = new Deliveries(settings, transport);
		const site = new Site(settings, {
			emit: (spec) => {
				const dispatch = () => this.dispatch(buildEvent(spec, settings, this.url));
				return settings.eventsComeTwice ? (dispatch(), dispatch()) : dispatch();
			},
			pause: () => this.sender.pause(),
		});
		this.site = site;
		this.tokens = new Tokens(site.users, settings);
		const xml = new ApiXml(this.url, site.users);
		this.backend = { site, webhooks: this.hooks, settings, xml, cdn };
		this.longTermToken = this.tokens.issue(site.users.admin);
		this.readerJwt = this.tokens.issue(site.user('reader'));
		this.editorJwt = this.tokens.issue(site.user('editor'));
	}

	get signingSecret(): string {
		return this.settings.signingSecret;
	}

	/** From now on calls with a long-term token run as Anonymous. */
	expireTokens(): void {
		this.tokens.areExpired = true;
	}

	/** One API call as an admin makes it with another tool, with an XML body; below `/@api/deki`. */
	async ask(method: HttpRequest['method'], path: string, body?: string): Promise<HttpResponse> {
		const headers = {
			Authorization: `Bearer ${this.longTermToken}`,
			'Content-Type': 'application/xml; charset=utf-8',
		};
		return await send(`${this.localUrl}/@api/deki${path}`, { method, body, headers });
	}

	/** Any event type in any spelling, unknown ones too, without a change at the site. */
	emit(type: string, options: EmitOptions = {}): SimulatedEvent {
		return this.dispatch(madeUpEvent(type, options, this.backend, this.url));
	}

	/** As the API shows them, without deleted ones. */
	webhooks(): WebhookState[] {
		return this.hooks.current.map((webhook) => webhook.state());
	}

	/** Registers one without events, past the API and its checks. */
	addWebhook(url: string, authorizationHeader: string): void {
		this.hooks.add(url, authorizationHeader);
	}

	/** Manually, in the Dashboard. */
	enableWebhook(id: number): void {
		this.hooks.find(id)?.enable();
	}

	/** Manually; with a reason, as the site does it: docs/vendor-facts.md#disabled-webhooks. */
	disableWebhook(id: number, reason?: string): void {
		this.hooks.find(id)?.disable(reason);
	}

	/** One row per attempt, in the order in which they ended. */
	get deliveries(): DeliveryAttempt[] {
		return this.sender.log;
	}

	/** Notices of disabled webhooks. */
	get notifications(): Notification[] {
		return this.sender.notifications;
	}

	/** How many deliveries have not ended, those that wait for a retry included. */
	get pending(): number {
		return this.sender.pending;
	}

	pauseDeliveries(): void {
		this.sender.pause();
	}

	/** Also ends what the site was busy with. */
	resumeDeliveries(): void {
		this.site.endJobs();
		this.sender.resume();
	}

	/** All queued deliveries and retries have ended; while paused it waits. */
	async idle(options?: Pick<WaitOptions, 'timeoutMs'>): Promise<void> {
		await this.sender.idle(options);
	}

	async close(): Promise<void> {
		this.closing.abort();
		await Promise.all([this.server, this.sender, this.cdn].map((each) => each.close()));
	}

	/** Hands an event to the webhooks that registered its type. */
	private dispatch(event: SimulatedEvent): SimulatedEvent {
		const wanted = this.hooks.current.filter(({ events }) => events.has(event.pathType));
		this.sender.dispatch(event, wanted);
		return event;
	}
}
