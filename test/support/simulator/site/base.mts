import { type EventSpec, type SimulatedEvent, siblingUuid, uuidV1 } from '../events/event.mts';
import type { Subject } from '../events/families.mts';
import { eventTypeOf, signatureOf } from '../events/types.mts';
import { type Settings, siteNow } from '../settings.mts';
import { Pages, type Attachment, type Page } from './pages.mts';
import { Users, type User, type Who } from './users.mts';

/** What a change at the site gives back: what was changed, and the events that tell of it. */
export interface Change {
	page: Page;
	pageId: number;
	/** All pages that the call worked on, the first included. */
	pages: Page[];
	events: SimulatedEvent[];
	eventIds: string[];
}

/** Anything the site can find a page by: id, path, or the page. */
export type PageKey = number | string | Page;

/** Who does it, and when. */
export interface By {
	/** User name or id; the site's admin if absent. */
	by?: string | number;
	/** Time of the change and of its events, e.g. in the past; now if absent. */
	at?: Date;
}

export type EventParts = [type: string, subject: Subject];

/** What the site can do to the outside world. */
interface Outlets {
	emit(spec: EventSpec): SimulatedEvent;
	/** Pauses the deliveries: see docs/vendor-facts.md#concurrency-and-order. */
	pause(): void;
}

/** State of the site, and the one way its events leave it. */
export class SiteBase {
	readonly pages: Pages;
	readonly files: Attachment[] = [];
	readonly users: Users;
	private lastResource = 3644;
	/** Counts texts that were saved. */
	writes = 0;
	protected readonly settings: Settings;
	protected readonly outlets: Outlets;

	constructor(settings: Settings, outlets: Outlets) {
		this.settings = settings;
		this.users = new Users(settings);
		this.pages = new Pages(settings, this.users.admin);
		this.outlets = outlets;
	}

	/** The page that is there; throws for a page that is not. */
	page(key: PageKey): Page {
		if (typeof key === 'object') return key;
		const page =
			typeof key === 'number' ? (this.pages.byId.get(key) ?? this.pages.redirect(key)) : this.pages.byPath(key);
		if (!page) throw new Error(`no page ${JSON.stringify(key)}`);
		return page;
	}

	user(by: string | number | undefined): User {
		const user = by === undefined ? this.users.admin : this.users.find(by);
		if (!user) throw new Error(`no user ${by}`);
		return user;
	}

	protected who({ by, at }: By): Who {
		return { by: this.user(by), at: at ?? siteNow(this.settings) };
	}

	/**
	 * Emits the events of one API call, numbered `seq` of `count`: see
	 * docs/vendor-facts.md#event-document.
	 */
	protected emitAll(
		{ by, at }: Who,
		events: EventParts[],
		signature = signatureOf(events[0]?.[0] ?? ''),
	): SimulatedEvent[] {
		const id = siblingUuid(uuidV1(at));
		return events.map(([type, subject], index) => {
			const request = { id, signature, by, seq: index + 1, count: events.length };
			return this.outlets.emit({ type: eventTypeOf(type), subject, request, at });
		});
	}

	protected change(page: Page, events: SimulatedEvent[], pages = [page]): Change {
		return { page, pageId: page.id, pages, events, eventIds: events.map(({ id }) => id) };
	}

	protected nextResource(): number {
		return ++this.lastResource;
	}
}
