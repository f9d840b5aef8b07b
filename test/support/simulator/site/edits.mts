import { normalPath, titleOf, type Page } from './pages.mts';
import { addRevision } from './revisions.mts';
import { SiteBase, type By, type Change, type EventParts, type PageKey } from './base.mts';

export interface NewPage extends By {
	title?: string;
	html?: string;
	comment?: string;
	tags?: string[];
	language?: string;
}

export interface Edit extends By {
	html?: string;
	title?: string;
	comment?: string;
}

export interface TagChange extends By {
	add?: string[];
	remove?: string[];
}

/** What authors do with pages. Each call is one API call at the site and emits its events. */
export class SitePages extends SiteBase {
	createPage(path: string, options: NewPage = {}): Change {
		const wanted = normalPath(path);
		if (this.pages.byPath(wanted)) throw new Error(`There is a page at ${wanted} already.`);
		const { by, at } = this.who(options);
		const page = this.placePage(wanted, options.title ?? titleOf(wanted), by.username, at);
		page.tags = [...(options.tags ?? [])];
		page.language = options.language;
		const { html = '', comment } = options;
		const events = this.firstText(page, html, { by: by.username, at, comment });
		return this.change(page, this.emitAll('POST:pages/*/contents', { by, at }, events));
	}

	/** The path, or one with a number after it where a page is already. */
	freePath(path: string): string {
		const wanted = normalPath(path);
		for (let number = 1; ; number++) {
			const candidate = number === 1 ? wanted : `${wanted}_${number}`;
			if (!this.pages.byPath(candidate)) return candidate;
		}
	}

	editPage(key: PageKey, options: Edit = {}): Change {
		const page = this.page(key);
		const { by, at } = this.who(options);
		const html = options.html ?? `${page.html}<p>Edited at ${at.toISOString()}.</p>`;
		const events = this.newText(page, { ...options, html }, { by: by.username, at });
		return this.change(page, this.emitAll('POST:pages/*/contents', { by, at }, events));
	}

	/** Adding what is there or removing what is not changes nothing and makes no event. */
	tagPage(key: PageKey, { add = [], remove = [], ...options }: TagChange): Change {
		const page = this.page(key);
		const { by, at } = this.who(options);
		const kept = page.tags.filter((tag) => !remove.includes(tag));
		const events = this.newTags(page, [...new Set([...kept, ...add])], at);
		return this.change(page, this.emitAll('PUT:pages/*/tags', { by, at }, events));
	}

	/** A page without text at a free path, its parents too. */
	protected placePage(path: string, title: string, by: string, at: Date): Page {
		this.pages.makeParents(path, by, at);
		return this.pages.add({ path, title, by, at });
	}

	/** The first revision, and what tells of it. */
	protected firstText(
		page: Page,
		html: string,
		{ by, at, comment }: { by: string; at: Date; comment?: string },
	): EventParts[] {
		const diff = addRevision(page, { title: page.title, html, author: by, at, comment });
		const events: EventParts[] = [['page_create', { page, diff }]];
		if (this.settings.createFiresContentUpdate) {
			events.push(['pagecontent_update', { page: { ...page }, diff, revision: 1 }]);
		}
		return events;
	}

	/**
	 * The next revision, and what tells of it; a title alone is no edit:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	protected newText(
		page: Page,
		{ html, title = page.title, comment }: { html: string; title?: string; comment?: string },
		{ by, at }: { by: string; at: Date },
	): EventParts[] {
		const previous = page.title;
		const isTitleAlone = html === page.html && title !== previous;
		const diff = addRevision(page, { title, html, author: by, at, comment });
		const renamed = this.newTitle(page, previous);
		if (isTitleAlone) return renamed;
		const { revision } = page;
		const text: EventParts = [
			'pagecontent_update',
			{ page, diff, revision, changeComment: comment },
		];
		return [text, ...renamed];
	}

	/** No event when the title is the one before. */
	protected newTitle(page: Page, previous: string): EventParts[] {
		if (page.title === previous) return [];
		const displayName = { previous, current: page.title };
		return [['pagedisplayname_update', { page, displayName }]];
	}

	/** Sets the tags, which is no edit; no event when they are the same. */
	protected newTags(page: Page, tags: string[], at: Date): EventParts[] {
		const tagsAdded = tags.filter((tag) => !page.tags.includes(tag));
		const tagsRemoved = page.tags.filter((tag) => !tags.includes(tag));
		if (tagsAdded.length + tagsRemoved.length === 0) return [];
		page.tags = tags;
		page.modified = at;
		return [['pagetag_update', { page, tagsAdded, tagsRemoved }]];
	}
}
