import type { SimulatedEvent } from '../events/event.mts';
import { siteNow } from '../settings.mts';
import type { By, Change, EventParts, PageKey } from './base.mts';
import { type Page, type Property, type Restriction, RESTRICTION_IDS } from './pages.mts';
import { SiteTree } from './tree.mts';
import type { Role, User, Who } from './users.mts';

interface Import extends By {
	/** Path below which the pages go. */
	under?: string;
	/** Pause the deliveries. */
	pause?: boolean;
}

/** A long task: see docs/vendor-facts.md#site-jobs. */
export interface SiteJob {
	type: 'IMPORT' | 'EXPORT' | 'FIND_AND_REPLACE';
	status: 'SUBMITTED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELLED';
	completed: number;
	total: number;
	at: Date;
}

export interface LoggedSearch {
	query: string;
	at: Date;
	/** How many results the reader opened. */
	chosen: number;
}

export interface UserChange {
	user: User;
	userId: number;
	events: SimulatedEvent[];
	eventIds: string[];
}

/** The whole site: pages, files, drafts, properties, users. */
export class Site extends SiteTree {
	/**
	 * Searches without `notrack=true`, which write into the site's search statistics: see
	 * docs/vendor-facts.md#search.
	 */
	trackedSearches = 0;
	/** What readers searched for: docs/vendor-facts.md#search. */
	readonly searchLog: LoggedSearch[] = [];

	/** All that ever ran, oldest first. */
	readonly jobs: SiteJob[] = [];

	/** `Private`: Admins alone may read the page, and it is left out of all lists. */
	restrictPage(key: PageKey, restriction: Restriction, options: By = {}): Change {
		const page = this.page(key);
		const previous = RESTRICTION_IDS[page.restriction];
		const current = RESTRICTION_IDS[restriction];
		page.restriction = restriction;
		if (previous === current) return this.change(page, []);
		const subject = { page, restriction: { previous, current } };
		const event: EventParts = ['pagerestriction_update', subject];
		return this.change(page, this.emitAll(this.who(options), [event]));
	}

	setProperty(key: PageKey, name: string, value: string, { type, ...options }: By & { type?: string } = {}): Property {
		const page = this.page(key);
		const known = page.properties.get(name);
		const who = this.who(options);
		const property: Property = {
			id: known?.id ?? this.nextResource(),
			value,
			type: type ?? known?.type ?? 'text/plain; charset=utf-8',
			revision: (known?.revision ?? 0) + 1,
			modified: who.at,
		};
		page.properties.set(name, property);
		this.tellOfProperty(known ? 'update' : 'create', page, { ...property, name }, who);
		return property;
	}

	/** All of that name. */
	removeProperty(key: PageKey, name: string, options: By = {}): void {
		const page = this.page(key);
		const property = page.properties.get(name);
		if (!property) return;
		page.properties.delete(name);
		this.tellOfProperty('delete', page, { ...property, name }, this.who(options));
	}

	private tellOfProperty(what: string, page: Page, { id, name }: NamedProperty, who: Who): void {
		this.emitAll(who, [[`pageproperty_${what}`, { page, property: { id, name } }]]);
	}

	createUser(username: string, options: By & { role?: Role } = {}): UserChange {
		const user = this.users.add(username, options.role ?? 'Viewer');
		return this.userChange(user, 'user_create', options);
	}

	updateUser(key: string | number, fullname: string, options: By = {}): UserChange {
		const user = this.user(key);
		user.fullname = fullname;
		return this.userChange(user, 'user_update', options);
	}

	/**
	 * Many pages at once. With a pause, the events wait until deliveries are resumed:
	 * docs/vendor-facts.md#concurrency-and-order.
	 */
	bulkImport(count: number, { under = 'Import', pause = false, ...options }: Import = {}): Change[] {
		if (pause) this.outlets.pause();
		const at = siteNow(this.settings);
		const [status, completed] = pause ? (['IN_PROGRESS', 0] as const) : (['COMPLETED', count] as const);
		this.jobs.push({ type: 'IMPORT', status, completed, total: count, at });
		const batch = at.getTime().toString(36);
		return Array.from({ length: count }, (_, index) => {
			const title = `Imported article ${index + 1}`;
			const html = `<p>${title} of batch ${batch}.</p>`;
			return this.createPage(`${under}/${batch}/Article_${index + 1}`, { ...options, title, html });
		});
	}

	/** What ran has come to its end. */
	endJobs(): void {
		for (const job of this.jobs) Object.assign(job, { completed: job.total, status: 'COMPLETED' });
	}

	private userChange(user: User, type: string, options: By): UserChange {
		const events = this.emitAll(this.who(options), [[type, { user }]]);
		return { user, userId: user.id, events, eventIds: events.map(({ id }) => id) };
	}
}

type NamedProperty = Property & { name: string };

/** A small site to look at. Done before any webhook exists, it delivers nothing. */
export function seedSite(site: Site): void {
	const add = (path: string, title: string, tag: string, text: string) =>
		site.createPage(path, { title, html: `<p>${text}</p>`, tags: [`article:${tag}`] });
	add('Category_1', 'Phones', 'topic-category', 'Everything about phones.');
	add('Category_1/Guide_1', 'First steps', 'topic-guide', 'Start here.');
	add('Category_1/Guide_1/Switch_on', 'Switch on', 'topic', 'Press the button for two seconds.');
	add('Category_1/Guide_1/Reset', 'Reset the phone', 'topic', 'Hold both buttons.');
	add('Category_2', 'Billing', 'topic-category', 'Invoices and payment.');
	add('Category_2/Guide_2', 'Read your invoice', 'topic-guide', 'What each line means.');
}
