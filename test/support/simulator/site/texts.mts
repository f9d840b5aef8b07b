import type { Subject } from '../events/families.mts';
import { SiteBase, type By, type Change, type EventParts, type PageKey } from './base.mts';
import { addRevision, normalPath, titleOf, type Draft, type Page, type Redirect } from './pages.mts';
import type { Who } from './users.mts';

interface NewPage extends By {
	title?: string;
	html?: string;
	comment?: string;
	tags?: string[];
	language?: string;
}

interface Edit extends By {
	html?: string;
	title?: string;
	comment?: string;
}

interface TagChange extends By {
	add?: string[];
	remove?: string[];
	/** Tell of tags that are the same, too. */
	always?: boolean;
}

/** What authors write. Each call is one API call at the site and emits its events. */
export class SiteTexts extends SiteBase {
	createPage(path: string, options: NewPage = {}): Change {
		const who = this.who(options);
		const { page, html } = this.newPage(path, options, who);
		page.lastWrite = ++this.writes;
		page.tags = [...(options.tags ?? [])];
		const diff = addRevision(page, { html, who, comment: options.comment });
		const events: EventParts[] = [['page_create', { page, diff }]];
		if (this.settings.createFiresContentUpdate) {
			events.push(['pagecontent_update', { page: { ...page }, diff, revision: 1 }]);
		}
		return this.change(page, this.emitAll(who, events));
	}

	/** It counts as a new page: docs/vendor-facts.md#virtual-pages-and-redirects. */
	writeOverRedirect(redirect: Redirect, { title, html = '', comment, ...options }: NewPage): Change {
		const who = this.who(options);
		const page = this.pages.replaceRedirect(redirect);
		const diff = addRevision(page, { title, html, who, comment });
		return this.change(page, this.emitAll(who, [['page_create', { page, diff }]]));
	}

	/**
	 * A title alone is no edit (docs/vendor-facts.md#drafts-and-publishing), and the same again is nothing:
	 * docs/vendor-facts.md#writing-pages.
	 */
	editPage(key: PageKey, { title, comment, ...options }: Edit = {}): Change {
		const page = this.page(key);
		const who = this.who(options);
		const html = options.html ?? `${page.html}<p>Edited at ${who.at.toISOString()}.</p>`;
		const previous = page.title;
		const isEdit = html !== page.html;
		if (!isEdit && (title ?? previous) === previous) return this.change(page, []);
		const diff = addRevision(page, { title, html, who, comment });
		page.lastWrite = ++this.writes;
		if (page.title !== previous) page.hasOwnTitle = true;
		const { revision } = page;
		const subject = { page, diff, revision, changeComment: comment };
		const edited: EventParts[] = isEdit ? [['pagecontent_update', subject]] : [];
		const events = [...edited, ...this.newTitle(page, previous)];
		return this.change(page, this.emitAll(who, events));
	}

	/** Adding what is there or removing what is not changes nothing and makes no event, unless asked for. */
	tagPage(key: PageKey, { add = [], remove = [], always, ...options }: TagChange): Change {
		const page = this.page(key);
		const who = this.who(options);
		const kept = page.tags.filter((tag) => !remove.includes(tag));
		const events = this.newTags(page, [...new Set([...kept, ...add])], who, always);
		return this.change(page, this.emitAll(who, events));
	}

	/** A new page that is a draft only (docs/vendor-facts.md#drafts): its first save. */
	createDraft(path: string, options: NewPage = {}): Change {
		const who = this.who(options);
		const { page, html } = this.newPage(path, options, who);
		page.draftState = 'unpublished';
		const text = { title: page.title, html, tags: options.tags ?? [], revision: 1 };
		page.draft = draftAt(who, { ...text, earlier: {} });
		const told: EventParts[] = this.settings.newDraftFiresPageCreate ? [['page_create', { page }]] : [];
		return this.change(page, this.emitAll(who, told, 'POST:drafts/*/create'));
	}

	/** A draft of a published page, with its text of now; one that is there stays. */
	activateDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		if (page.draft) return this.change(page, []);
		const { title, html, tags, revision } = page;
		page.draftState = 'active';
		const text = { title, html, tags: [...tags], revision: revision + 1, earlier: earlierOf(page) };
		page.draft = draftAt(this.who(options), text);
		return this.change(page, []);
	}

	/** No event tells of it: docs/vendor-facts.md#drafts-and-publishing. */
	editDraft(key: PageKey, { html, title, ...options }: Edit): Change {
		const page = this.page(key);
		const draft = draftOf(page);
		page.draft = draftAt(this.who(options), {
			...draft,
			html: html ?? draft.html,
			title: title ?? draft.title,
			revision: draft.revision + 1,
			earlier: { ...draft.earlier, [draft.revision]: draft.html },
		});
		if (page.draftState === 'unpublished') page.title = page.draft.title;
		return this.change(page, []);
	}

	/** The draft becomes the page's next revision, or the first of a new page: always an edit. */
	publishDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		const { title, html, tags } = draftOf(page);
		const who = this.who(options);
		// Of a page that nobody could see, title and tags are no news.
		if (page.draftState === 'unpublished') Object.assign(page, { title, tags });
		const { title: previous, revision: before } = page;
		if (title !== titleOf(page.path)) page.hasOwnTitle = true;
		endDraft(page);
		const diff = addRevision(page, { title, html, who });
		const isNews = before === 0 && !this.settings.newDraftFiresPageCreate;
		const created: EventParts[] = isNews ? [['page_create', { page, diff }]] : [];
		const events: EventParts[] = [
			...created,
			...this.published({ page, diff, revision: page.revision }),
			...this.newTitle(page, previous),
			...this.newTags(page, tags, who),
		];
		return this.change(page, this.emitAll(who, events, 'POST:drafts/*/publish'));
	}

	private published(subject: Subject): EventParts[] {
		const { publicationFires } = this.settings;
		const fires = (...readings: string[]) => readings.includes(publicationFires);
		const told: EventParts[] = [];
		if (fires('draftPublish', 'both')) told.push(['draft_publish', { page: subject.page! }]);
		if (fires('contentUpdate', 'both')) told.push(['pagecontent_update', subject]);
		return told;
	}

	/** Readers cannot open it any more: an edit, which saves no text (docs/vendor-facts.md#drafts-and-publishing). */
	unpublishPage(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		const who = this.who(options);
		const { title, html, tags, revision } = page;
		page.draftState = 'unpublished';
		const text = { title, html, tags: [...tags], revision: revision + 1, earlier: earlierOf(page) };
		page.draft ??= draftAt(who, text);
		page.modified = who.at;
		const event: EventParts = ['pagecontent_update', { page, revision }];
		return this.change(page, this.emitAll(who, [event], 'POST:drafts/*/unpublish'));
	}

	/** Removes the draft of a published page. */
	deactivateDraft(key: PageKey): Change {
		const page = this.page(key);
		draftOf(page);
		endDraft(page);
		return this.change(page, []);
	}

	/** A page without text at a free path, its parents too. */
	protected placePage(path: string, title: string, { by, at }: Who): Page {
		this.refuseTaken(path);
		this.pages.makeParents(path, by.username, at);
		return this.pages.add({ path, title, by: by.username, at });
	}

	protected refuseTaken(path: string, except?: Page): void {
		const other = this.pages.byPath(path);
		if (other && other !== except) throw new Error(`There is a page at ${path} already.`);
	}

	private newPage(path: string, { title, html = '', language }: NewPage, who: Who) {
		const wanted = normalPath(path);
		const page = this.placePage(wanted, title ?? titleOf(wanted), who);
		page.language = language;
		page.hasOwnTitle = title !== undefined;
		return { page, html };
	}

	/** No event when the title is the one before. */
	private newTitle(page: Page, previous: string): EventParts[] {
		if (page.title === previous) return [];
		const displayName = { previous, current: page.title };
		return [['pagedisplayname_update', { page, displayName }]];
	}

	/** Sets the tags, which is no edit; no event when they are the same, unless asked for. */
	private newTags(page: Page, tags: string[], { at }: Who, always = false): EventParts[] {
		const tagsAdded = tags.filter((tag) => !page.tags.includes(tag));
		const tagsRemoved = page.tags.filter((tag) => !tags.includes(tag));
		if (!always && tagsAdded.length + tagsRemoved.length === 0) return [];
		page.tags = tags;
		page.modified = at;
		return [['pagetag_update', { page, tagsAdded, tagsRemoved }]];
	}
}

function draftAt({ at }: Who, text: Omit<Draft, 'edited'>): Draft {
	return { ...text, edited: at };
}

/** A draft goes on from the revisions of its page: a guess. */
function earlierOf({ revisions }: Page): Record<number, string> {
	return Object.fromEntries(revisions.map(({ number, html }) => [number, html]));
}

function draftOf(page: Page): Draft {
	if (!page.draft) throw new Error(`no draft of page ${page.id}`);
	return page.draft;
}

function endDraft(page: Page): void {
	page.draftState = 'inactive';
	delete page.draft;
}
