import type { IDataObject } from 'n8n-workflow';
import { eventTypes } from '../support/simulator/events/types.mts';
import type { Settings, Site } from '../support/simulator/index.mts';
import { clock } from './clock.mts';
import { Row } from './database.mts';
import { type Deed, DEEDS, type Witness } from './deeds.mts';
import type { Package } from './process.mts';
import { Stage } from './stage.mts';

/* One world in which every deed is done once, each at a page and a time of its own, before one witness. */

export interface Outcome {
	deed: string;
	/** The events that came by the witness, sorted. */
	came: string[];
	/** Those that came in another way. */
	besides: string[];
	/** The numbers of the acts that have changed nothing at the site. */
	withoutEffect: number[];
}

export interface Account {
	outcomes: Outcome[];
	/** The same once the deliveries that failed have come after all. */
	late: Outcome[];
	/** What came of no deed. */
	stray: string[];
}

type Done = Pick<Outcome, 'deed' | 'withoutEffect'> & { page: string; from: number; to: number };

/** What the workflows get of all deeds. */
export async function accountOf(witness: Witness, settings: Partial<Settings>, load: Package): Promise<Account> {
	return await new WitnessedWorld(witness, settings, load).run(DEEDS);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Between two polls, or two checks of the webhook. */
const PERIOD_MINUTES = 15;
/** Between two deeds. */
const PAUSE = 3 * MINUTE;
const RECOVERABLE = ['page_create', 'pagecontent_update', 'page_delete'];

class WitnessedWorld extends Stage {
	private readonly witness: Witness;
	/** Two workflows: one for the events themselves, one for "Page Published (First Time)". */
	private readonly events: Row;
	private readonly published: Row;
	private readonly done: Done[] = [];

	constructor(witness: Witness, settings: Partial<Settings>, load: Package) {
		// Never disabled, so that each delivery is tried.
		super(load, { retries: 0, autoDisableAfter: 1000, concurrencyPerWebhook: 1, ...settings });
		this.witness = witness;
		this.events = this.workflowFor(witness === 'polled' ? RECOVERABLE : eventTypes.map(({ path }) => path));
		this.published = this.workflowFor(['page_published']);
		this.n8n.database.rows.push(this.events, this.published);
	}

	private workflowFor(events: string[]): Row {
		// Copies come a day late.
		const additionalOptions = { maxDeliveryAge: 172_800, checkEvery: PERIOD_MINUTES };
		const parameters = { events, pageDetails: true, additionalOptions };
		const role = this.witness === 'polled' ? 'polled' : 'delivered';
		return new Row(role, { ...parameters, options: { binaryData: true } }, PERIOD_MINUTES);
	}

	async run(deeds: Record<string, Deed>): Promise<Account> {
		const all = Object.entries(deeds).map(([name, deed], index) => [`D${100 + index}`, name, deed] as const);
		await this.prepare(all.map(([page, , { given = [] }]) => [page, given]));
		await this.publish();
		const began = this.siteTime;
		if (this.witness === 'recovered') await this.n8n.stop();
		// Nothing says any more that all is well: what was delivered is in the time of the next recovery, too.
		const unasked = { match: { path: '/webhooks' }, effect: { status: 502 } };
		if (this.witness === 'delivered') this.simulator.faults.add(unasked);
		for (const [page, name, deed] of all) if (!deed.isAlone) await this.do(name, deed, page);
		if (this.witness !== 'delivered') await clock.pass(3 * HOUR);
		for (const [page, name, deed] of all) if (deed.isAlone) await this.do(name, deed, page);
		this.simulator.faults.clear();
		await this.restartIfAway();
		await clock.pass(3 * HOUR);
		const { outcomes, stray } = this.account(began);
		await this.deliverLost(async () => await this.restartIfAway());
		return { outcomes, stray, late: this.account(began).outcomes };
	}

	private async restartIfAway(): Promise<void> {
		if (['recovered', 'delivered'].includes(this.witness)) await this.restart();
	}

	private async prepare(pages: Array<[string, NonNullable<Deed['given']>]>): Promise<void> {
		const { site } = this.simulator;
		// A flat site would be searched in another way.
		site.createPage('Deep/Page');
		for (const [page, given] of pages) {
			for (const act of given) {
				act(site, page);
				await clock.pass(5000);
			}
		}
		await clock.pass(26 * HOUR);
	}

	/** Deliveries come, so the triggers know how the site sends what is new. */
	private async publish(): Promise<void> {
		const { site } = this.simulator;
		this.n8n.start();
		for (const row of this.n8n.database.rows) void this.n8n.publish(row);
		await clock.pass(10 * MINUTE);
		site.createPage('Warm', { html: 'Text' });
		await clock.pass(70 * MINUTE);
		site.editPage('Warm');
		await clock.pass(70 * MINUTE);
	}

	/** Between two polls. */
	private async do(deed: string, { acts, pause = 60, isHeardAtLast }: Deed, page: string) {
		await clock.pass(PAUSE - (clock.now % PAUSE) + MINUTE);
		const from = this.siteTime;
		const withoutEffect: number[] = [];
		for (const [index, act] of acts.entries()) {
			if (index > 0) await clock.pass(pause * 1000);
			const isHeard = isHeardAtLast === true && index === acts.length - 1;
			this.isSilent = this.witness === 'compared' && !isHeard;
			const { site } = this.simulator;
			const before = stateOf(site, page);
			act(site, page);
			if (stateOf(site, page) === before) withoutEffect.push(index);
			this.isSilent = false;
		}
		this.done.push({ deed, page, from, to: this.siteTime, withoutEffect });
		await clock.pass(1000);
	}

	private get siteTime(): number {
		return clock.now + this.simulator.settings.clockSkewMs;
	}

	private account(began: number): Pick<Account, 'outcomes' | 'stray'> {
		const stray: string[] = [];
		const outcomes = this.done.map(({ deed, withoutEffect }): Outcome => {
			return { deed, withoutEffect, came: [], besides: [] };
		});
		for (const { row, passed } of this.n8n.database.executions) {
			for (const item of passed) {
				if (this.isOfNobody(row, item)) continue;
				const skew = item.recovered === true ? 0 : this.simulator.settings.eventSkewMs;
				const at = Date.parse(item.occurredAt as string) - skew;
				const index = this.done.findIndex(({ from, to }) => at >= from - 2000 && at <= to + 2000);
				const name = this.nameOf(row, item, this.done[index]?.page);
				if (index >= 0) outcomes[index]![this.isOf(item) ? 'came' : 'besides'].push(name);
				else if (at >= began) stray.push(`${name} ${JSON.stringify(item.page)}`);
			}
		}
		for (const { came, besides } of outcomes) for (const each of [came, besides]) each.sort();
		return { outcomes, stray };
	}

	private isOf({ recovered }: IDataObject): boolean {
		return (recovered === true) === ['recovered', 'compared'].includes(this.witness);
	}

	/** Documented: an event passes, unmarked, if nobody can tell its page. */
	private isOfNobody(row: Row, { firstPublication, page }: IDataObject): boolean {
		return row === this.published && firstPublication !== true && page === undefined;
	}

	private nameOf(row: Row, item: IDataObject, page: string | undefined): string {
		const { path } = (item.page ?? {}) as { path?: string };
		const isOwn = path === undefined || path === '' || path.startsWith(page ?? '');
		const type = item.eventType as string;
		const first = item.firstPublication === true ? 'page_published' : `unmarked ${type}`;
		const name = row === this.published ? first : type;
		return isOwn ? name : `${name} of ${path}`;
	}
}

/** All that people see of a page and those beside it, of files, and of users. */
function stateOf(site: Site, page: string): string {
	const pages = [...site.pages.byId.values()]
		.filter(({ path }) => path === '' || path.startsWith(page))
		.map((each) => [each, [...each.properties]]);
	return JSON.stringify([pages, site.files, site.users.all]);
}
