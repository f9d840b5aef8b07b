import { log } from '../support/integration/log.mts';
import { type Settings, signDelivery } from '../support/simulator/index.mts';
import type { Simulator } from '../support/simulator/simulator.mts';
import { Chance, clock, START } from './clock.mts';
import { type Execution, Row } from './database.mts';
import { Model, passedText } from './model.mts';
import type { N8n } from './n8n.mts';
import type { BodyOnItsWay } from './requests.mts';
import { callSite, type Network, type Sent } from './site.mts';

/* A site, an n8n, the network between them, and what is wrong with each at the moment. */

/** What a world stands on. */
export interface Ground {
	openSite: (settings: Partial<Settings>, network: Network) => Simulator;
	openN8n: (options: Omit<ConstructorParameters<typeof N8n>[0], 'package'>) => N8n;
}

export type DeliveryAccident = 'lost' | 'response lost' | 'copied' | 'late' | 'slow body' | 'aborted' | 'error';

const EVENTS = [
	['page_create', 'pagecontent_update', 'page_delete'],
	['pagecontent_update', 'page_delete'],
	['page_published', 'page_delete'],
];
const TIMESTAMPS = ['seconds', 'seconds', 'milliseconds'] as const;
export const USUAL_SITE_MS = 60;
const MINUTE_MS = 60_000;

/** What a world is before anything happens. Each part is drawn by its own name. */
export function setupOf(seed: number) {
	const by = (name: string) => Chance.of(seed, `setup ${name}`);
	return {
		isQueue: by('queue').is(0.3),
		isUnsigned: by('unsigned').is(0.2),
		concurrency: by('concurrency').pick([Infinity, Infinity, Infinity, 1]),
		restMs: by('rest').pick([0, 0, 0, 3000]),
		/** Another node of each workflow does; what that loses in a worker is not modelled. */
		writesStaticData: by('static data').is(0.2) && !by('queue').is(0.3),
		timestamps: by('timestamps').pick(TIMESTAMPS),
		/** A retry has the time and signature of the first attempt. */
		keepsSignature: by('signature').is(0.3),
		deliveries: by('deliveries').pick(['one', 'severalInBurst']),
		roles: by('roles').pick(['delivered', 'delivered', 'polled', 'both']),
		delivered: by('delivered').pick(EVENTS),
		polled: by('polled').pick(EVENTS),
		pollEveryMinutes: by('poll').pick([15, 60]),
		site: {
			autoDisableAfter: by('disable').pick([3, 10, 10, 1000]),
			retries: by('retries').pick([0, 3, 5]),
			knowsDraftPublish: by('draft').is(0.3),
			clockSkewMs: by('clock').pick([0, 0, 0, 0, 40_000, -90_000]),
			listsLateBySeconds: by('lists').pick([0, 0, 0, 0, 60, 300]),
			concurrencyPerWebhook: 4,
		} satisfies Partial<Settings>,
	};
}

export class World {
	readonly story: string[] = [];
	readonly site: Simulator;
	readonly n8n: N8n;
	readonly model: Model;
	readonly delivered: Row;
	readonly polled: Row;
	/** What happens to the next deliveries. */
	readonly accidents: DeliveryAccident[] = [];
	/** Deliveries that somebody on the way has recorded. */
	readonly recorded: Sent[] = [];
	/** How long the site takes for a call. */
	siteMs = USUAL_SITE_MS;
	/** Static data as it was some time ago. */
	backup: string[] | undefined;
	/** Pages that were deleted with what was below them, and not restored. */
	readonly trees: number[] = [];
	/** Numbers names and texts. */
	count = 0;
	readonly setup: ReturnType<typeof setupOf>;
	private readonly chance: Chance;
	private readonly firstSignature = new Map<string, Record<string, string>>();

	constructor(seed: number, { openSite, openN8n }: Ground, setup = setupOf(seed)) {
		clock.reset(seed);
		this.setup = setup;
		this.chance = Chance.of(seed, 'world');
		this.listen();
		this.site = openSite(this.setup.site, async (sent) => await this.network(sent));
		const { isQueue, concurrency, restMs, writesStaticData } = this.setup;
		this.n8n = openN8n({
			...{ isQueue, concurrency, restMs, writesStaticData, chance: Chance.of(seed, 'n8n') },
			call: async (request) => {
				const response = await callSite(this.site, request, this.siteMs * (0.5 + this.chance.next()));
				if (response.statusCode === 200) this.noteCheck(request.method, request.url);
				return response;
			},
			onPassed: (execution) => {
				for (const line of passedText(execution)) this.note(line);
				this.model.passed(execution);
			},
			onAlert: (text) => this.model.alerted(text),
			note: (line) => this.note(line),
		});
		this.n8n.database.credential = this.credential();
		[this.delivered, this.polled] = this.makeRows();
		const { roles } = this.setup;
		const both = [this.delivered, this.polled];
		this.rows.push(...both.filter(({ role }) => roles === 'both' || roles === role));
		this.model = new Model(this);
		this.note(JSON.stringify(this.setup));
	}

	get rows(): Row[] {
		return this.n8n.database.rows;
	}

	get executions(): Execution[] {
		return this.n8n.database.executions;
	}

	get isQueue(): boolean {
		return this.n8n.isQueue;
	}

	get isUnsigned(): boolean {
		return this.setup.isUnsigned;
	}

	/** Of pages that people have made and not deleted. */
	get pages(): number[] {
		const made = this.site.site.pages.current.filter(({ path }) => path !== '' && !isOld(path));
		return made.filter(({ draftState }) => draftState !== 'unpublished').map(({ id }) => id);
	}

	/** Of drafts that are not published yet. */
	get drafts(): number[] {
		const { current } = this.site.site.pages;
		return current.filter(({ draftState }) => draftState === 'unpublished').map(({ id }) => id);
	}

	/** With their times by n8n's clock. */
	attemptsOf(eventIds: string[]) {
		const all = this.site.deliveries.filter(({ eventId }) => eventIds.includes(eventId));
		const { clockSkewMs } = this.setup.site;
		return all.map((attempt) => ({
			...attempt,
			at: Date.parse(attempt.deliveryTimestamp) - clockSkewMs,
		}));
	}

	/** When the site did not give the revisions of a page. */
	refusedRevisions(page: number): number[] {
		const path = `/pages/${page}/revisions`;
		const calls = this.site.apiCalls.filter((call) => call.path.endsWith(path));
		return calls.filter(({ status }) => status !== 200).map(({ at }) => at.getTime());
	}

	/** How long ago a delivery was signed. */
	ageOf({ headers }: Sent): number {
		const timestamp = Number(headers['X-Nexus-Timestamp']);
		return clock.now - (timestamp > 1e11 ? timestamp : timestamp * 1000);
	}

	note(line: string): void {
		this.story.push(`${((clock.now - START) / 1000).toFixed(3)} ${line}`);
	}

	private makeRows(): [Row, Row] {
		const { delivered, deliveries, polled, pollEveryMinutes } = this.setup;
		return [
			new Row('delivered', {
				...{ events: delivered, pageDetails: false, options: { binaryData: true } },
				additionalOptions: { deliveriesPerExecution: deliveries },
			}),
			new Row('polled', { events: polled, pageDetails: false }, pollEveryMinutes),
		];
	}

	private credential() {
		const { longTermToken, signingSecret } = this.site;
		const { isUnsigned: acceptUnsigned } = this;
		const secret = { signingSecret: acceptUnsigned ? '' : signingSecret, acceptUnsigned };
		return { siteUrl: this.site.url, authentication: 'jwt', longTermToken, ...secret };
	}

	/** n8n's log is one for the whole thread. */
	private listen(): void {
		log.lines = [];
		const keep = (level: string, [said]: unknown[]) => {
			if (level === 'debug' || level === 'info') return;
			this.note(`log: ${String(said).slice(0, 160)}`);
			this.model.logged(String(said));
		};
		Object.assign(log, { keep });
	}

	start(): void {
		this.model.startedAt.push(clock.now);
		this.n8n.start();
	}

	/** Time passes until n8n has done something. */
	async passUntil(work: Promise<unknown>): Promise<void> {
		let isDone = false;
		void work.finally(() => (isDone = true));
		while (!isDone) await clock.pass(100);
	}

	/** Until the workflows are published and the site has been seen to send both events of a new page. */
	async begin(): Promise<void> {
		this.site.site.createPage('Deep/Page');
		await clock.pass(60 * MINUTE_MS);
		this.n8n.start();
		for (const row of this.rows) void this.n8n.publish(row);
		await clock.pass(2 * MINUTE_MS);
		this.model.deed(this.site.site.createPage('Warm', { html: 'warm' }), 'created');
		await clock.pass(10 * MINUTE_MS);
	}

	/** Everything is well again, and the trigger gets time to notice what it has missed. */
	async end(): Promise<void> {
		this.note('* the accidents end');
		this.accidents.length = 0;
		this.site.faults.clear();
		this.siteMs = USUAL_SITE_MS;
		this.n8n.database.recover();
		this.site.resumeDeliveries();
		// A person does what n8n's log asks for.
		if (this.n8n.isUpdated && this.n8n.isUp) await this.passUntil(this.n8n.stop());
		if (!this.n8n.isUp) this.start();
		for (const row of this.rows) {
			if (!row.isDisabled) continue;
			this.model.switched(row, true);
			void this.n8n.publishVersion(row, () => (row.isDisabled = false));
		}
		await clock.pass(6 * MINUTE_MS);
		this.model.checked();
		for (const minutes of [26, 70]) await clock.pass(minutes * MINUTE_MS);
		this.model.quiet((await this.busyWithin(70)).calls);
		this.model.end();
		for (const row of this.rows) await this.passUntil(this.n8n.unpublish(row));
		await clock.pass(MINUTE_MS);
		this.model.unpublished(await this.busyWithin(10));
	}

	private async busyWithin(minutes: number): Promise<{ calls: number; timers: number }> {
		const [calls, timers] = [this.site.apiCalls.length, clock.fired];
		await clock.pass(minutes * MINUTE_MS);
		return { calls: this.site.apiCalls.length - calls, timers: clock.fired - timers };
	}

	/** A check that the site has answered. */
	private noteCheck(method: string | undefined, url: string): void {
		if ((method ?? 'GET') !== 'GET' || !/\/webhooks(\?|$)/.test(url)) return;
		const [webhook] = this.site.webhooks();
		const count = webhook?.active ? webhook.consecutiveFailures : -1;
		this.model.checks.push({ at: clock.now, count });
	}

	/** From the site to n8n, with what happens on the way. */
	private async network(sent: Sent): Promise<number | undefined> {
		this.signAsSite(sent);
		this.recorded.push(sent);
		if (this.recorded.length > 40) this.recorded.shift();
		const accident = this.accidents.shift();
		if (accident === undefined) return await this.arrive(sent);
		this.note(`delivery of ${sent.event.pathType}: ${accident}`);
		this.model.touched.add(sent.event.id);
		switch (accident) {
			case 'lost':
				return undefined;
			case 'error':
				return 502;
			case 'response lost':
				await this.arrive(sent);
				return undefined;
			case 'late':
				clock.after(2000 + this.chance.int(25 * MINUTE_MS), () => void this.arrive(sent));
				return undefined;
			case 'copied':
				clock.after(this.chance.int(3000), () => void this.arrive(sent));
				return await this.arrive(sent);
			case 'slow body':
				return await this.arrive(sent, { slowMs: 700 + this.chance.int(3000) });
			case 'aborted':
				return await this.arrive(sent, { slowMs: this.chance.int(900), isAborted: true });
		}
	}

	private async arrive(sent: Sent, body: BodyOnItsWay = {}): Promise<number | undefined> {
		const at = clock.now;
		const status = await this.n8n.receive(sent, body);
		this.model.responded(sent, status, clock.now - at, body.slowMs);
		return status;
	}

	/** Somebody who is not the site sends something. */
	async forge(sent: Sent): Promise<void> {
		this.model.forged.add(sent.headers['X-Nexus-Delivery-Id']!);
		this.note(`forgery gets ${await this.n8n.receive(sent)}`);
	}

	/** Sites may write the time of a delivery in another form, and may not sign a retry anew. */
	private signAsSite({ headers, event: { id, body } }: Sent): void {
		const { keepsSignature, timestamps } = this.setup;
		const first = this.firstSignature.get(id);
		if (first !== undefined) return void Object.assign(headers, first);
		if (timestamps === 'milliseconds') {
			const timestamp = String(Math.floor(clock.now) + this.setup.site.clockSkewMs);
			const { signingSecret: secret } = this.site;
			headers['X-Nexus-Timestamp'] = timestamp;
			headers['X-Nexus-Signature-256'] = signDelivery({ secret, timestamp, body });
		}
		if (!keepsSignature) return;
		const names = ['X-Nexus-Timestamp', 'X-Nexus-Signature-256'];
		const entries = names.map((name) => [name, headers[name]!] as const);
		this.firstSignature.set(id, Object.fromEntries(entries));
	}
}

/** It was there before the workflows. */
function isOld(path: string): boolean {
	return path.startsWith('Deep');
}
