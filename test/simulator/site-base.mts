import type { EventSpec, SimulatedEvent } from './events.mts';
import type { Subject } from './event-subject.mts';
import { eventTypeOf } from './event-types.mts';
import { Pages, type Attachment, type Page } from './pages.mts';
import type { Settings } from './settings.mts';
import { Users, type User } from './users.mts';
import { siblingUuid, uuidV1 } from './uuid.mts';

/** What a change at the site gives back: what was changed, and the events that tell of it. */
export interface Change {
	page: Page;
	pageId: number;
	events: SimulatedEvent[];
	eventIds: string[];
}

/** Anything the site can find a page by: id, path, or the page. */
export type PageKey = number | string | Page;

export interface By {
	/** User name or id; the site's admin if absent. */
	by?: string | number;
}

/** What the site can do to the outside world. */
export interface Outlets {
	emit(spec: EventSpec): SimulatedEvent;
	/** Pauses the deliveries (G-14). */
	pause(): void;
}

/** State of the site, and the one way its events leave it. */
export class SiteBase {
	readonly pages = new Pages();
	readonly files: Attachment[] = [];
	readonly users: Users;
	protected readonly settings: Settings;
	protected readonly outlets: Outlets;

	constructor(settings: Settings, outlets: Outlets) {
		this.settings = settings;
		this.users = new Users(settings.tokenUser);
		this.outlets = outlets;
	}

	/** The page that is there; throws for a page that is not. */
	page(key: PageKey): Page {
		const page =
			typeof key === 'object'
				? key
				: typeof key === 'number'
					? this.pages.byId.get(key)
					: this.pages.byPath(key);
		if (!page) throw new Error(`no page ${JSON.stringify(key)}`);
		return page;
	}

	user(by: string | number | undefined): User {
		const user = by === undefined ? this.users.admin : this.users.find(by);
		if (!user) throw new Error(`no user ${by}`);
		return user;
	}

	/** Emits the events of one API call, numbered `seq` of `count` (§3.2). */
	protected emitAll(
		signature: string,
		by: User,
		events: Array<[type: string, subject: Subject]>,
	): SimulatedEvent[] {
		const at = new Date();
		const id = siblingUuid(uuidV1(at));
		return events.map(([type, subject], index) => {
			const request = { id, signature, by, seq: index + 1, count: events.length };
			return this.outlets.emit({ type: eventTypeOf(type), subject, request, at });
		});
	}

	protected change(page: Page, events: SimulatedEvent[]): Change {
		return { page, pageId: page.id, events, eventIds: events.map(({ id }) => id) };
	}
}
