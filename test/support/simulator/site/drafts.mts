import { normalPath, titleOf, type Draft, type Page } from './pages.mts';
import { addRevision } from './revisions.mts';
import type { By, Change, EventParts, PageKey } from './base.mts';
import type { Edit, NewPage } from './edits.mts';
import { SiteTree } from './tree.mts';
import { uuidV1 } from '../events/uuid.mts';

/**
 * A draft (docs/vendor-facts.md#drafts): a text beside that of the page, or of a page that nobody
 * has published yet.
 */
export class SiteDrafts extends SiteTree {
	/** A new page that is a draft only: its first save. */
	createDraft(path: string, options: NewPage = {}): Change {
		const wanted = normalPath(path);
		if (this.pages.byPath(wanted)) throw new Error(`page exists: ${wanted}`);
		const { by, at } = this.who(options);
		const page = this.placePage(wanted, options.title ?? titleOf(wanted), by.username, at);
		page.draftState = 'unpublished';
		page.language = options.language;
		const { html = '', tags = [] } = options;
		page.draft = { title: page.title, html, tags, revision: 1, edited: at, timeuuid: uuidV1(at) };
		const told: EventParts[] = this.settings.newDraftFiresPageCreate
			? [['page_create', { page }]]
			: [];
		return this.change(page, this.emitAll('POST:drafts/*/create', { by, at }, told));
	}

	/** A draft of a published page, with its text of now; one that is there stays. */
	activateDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		if (page.draft) return this.change(page, []);
		page.draftState = 'active';
		page.draft = this.draftOfNow(page, options);
		return this.change(page, []);
	}

	/** No event tells of it: docs/vendor-facts.md#drafts-and-publishing. */
	editDraft(key: PageKey, { html, title, ...options }: Edit): Change {
		const page = this.page(key);
		const draft = draftOf(page);
		draft.html = html ?? draft.html;
		draft.title = title ?? draft.title;
		this.touch(draft, options);
		if (page.draftState === 'unpublished') page.title = draft.title;
		return this.change(page, []);
	}

	/** The draft becomes the page's next revision, or the first of a new page: always an edit. */
	publishDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		const { title, html, tags } = draftOf(page);
		const { by, at } = this.who(options);
		// Of a page that nobody could see, title and tags are no news.
		if (page.draftState === 'unpublished') Object.assign(page, { title, tags });
		const { title: previous, revision: before } = page;
		this.endDraft(page);
		const diff = addRevision(page, { title, html, author: by.username, at });
		const isNews = before === 0 && !this.settings.newDraftFiresPageCreate;
		const created: EventParts[] = isNews ? [['page_create', { page, diff }]] : [];
		const events: EventParts[] = [
			...created,
			['pagecontent_update', { page, diff, revision: page.revision }],
			...this.newTitle(page, previous),
			...this.newTags(page, tags, at),
		];
		return this.change(page, this.emitAll('POST:drafts/*/publish', { by, at }, events));
	}

	/** Removes the draft of a published page. */
	deactivateDraft(key: PageKey): Change {
		const page = this.page(key);
		draftOf(page);
		this.endDraft(page);
		return this.change(page, []);
	}

	private touch(draft: Draft, options: By): void {
		const { at } = this.who(options);
		draft.revision++;
		draft.edited = at;
		draft.timeuuid = uuidV1(at);
	}

	private endDraft(page: Page): void {
		page.draftState = 'inactive';
		delete page.draft;
	}

	/** A draft with the text, title and tags of the page. */
	private draftOfNow({ title, html, tags, revision }: Page, options: By): Draft {
		const { at } = this.who(options);
		const text = { title, html, tags: [...tags] };
		return { ...text, edited: at, timeuuid: uuidV1(at), revision: revision + 1 };
	}
}

function draftOf(page: Page): Draft {
	if (!page.draft) throw new Error(`no draft of page ${page.id}`);
	return page.draft;
}
