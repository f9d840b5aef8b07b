import { normalPath, titleOf, type Draft, type Page } from './pages.mts';
import type { By, Change, EventParts, PageKey } from './site-base.mts';
import type { Edit, NewPage } from './site-pages.mts';
import { SiteTree } from './site-tree.mts';
import { uuidV1 } from './uuid.mts';

/** Drafts (§7.5): a text beside that of the page, or of a page that nobody has published yet. */
export class SiteDrafts extends SiteTree {
	/** A new page that is a draft only. */
	createDraft(path: string, options: NewPage = {}): Change {
		const wanted = normalPath(path);
		if (this.pages.byPath(wanted)) throw new Error(`page exists: ${wanted}`);
		const { by, at } = this.who(options);
		const page = this.placePage(wanted, options.title ?? titleOf(wanted), by.username, at);
		page.draftState = 'unpublished';
		page.language = options.language;
		const { html = '', tags = [] } = options;
		page.draft = { title: page.title, html, tags, revision: 1, edited: at, timeuuid: uuidV1(at) };
		return this.change(page, this.saved(page, 'POST:drafts/*/create', options));
	}

	/** A draft of a published page, with its text of now; one that is there stays. */
	activateDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		if (page.draft) return this.change(page, []);
		const { at } = this.who(options);
		const { title, html, tags } = page;
		page.draftState = 'active';
		page.draft = {
			...{ title, html, tags: [...tags], edited: at, timeuuid: uuidV1(at) },
			revision: page.revision + 1,
		};
		return this.change(page, []);
	}

	editDraft(key: PageKey, { html, title, ...options }: Edit): Change {
		const page = this.page(key);
		const draft = draftOf(page);
		draft.html = html ?? draft.html;
		draft.title = title ?? draft.title;
		this.touch(draft, options);
		if (page.draftState === 'unpublished') page.title = draft.title;
		return this.change(page, this.saved(page, 'POST:drafts/*/contents', options));
	}

	tagDraft(key: PageKey, tags: string[], options: By = {}): Change {
		const page = this.page(key);
		const draft = draftOf(page);
		draft.tags = tags;
		this.touch(draft, options);
		return this.change(page, []);
	}

	/** The draft becomes the page's next revision, or the first of a new page. */
	publishDraft(key: PageKey, options: By = {}): Change {
		const page = this.page(key);
		const { title, html, tags } = draftOf(page);
		const { by, at } = this.who(options);
		const who = { by: by.username, at };
		const isNew = page.draftState === 'unpublished';
		this.endDraft(page);
		const events: EventParts[] = isNew
			? this.firstText(Object.assign(page, { title, tags }), html, who)
			: [...this.newText(page, { html, title }, who), ...this.newTags(page, tags, at)];
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

	/** U-07: nothing tells of a saved draft, or the event of a saved page does. */
	private saved(page: Page, signature: string, options: By) {
		if (!this.settings.draftSavesFireContentUpdate) return [];
		const revision = page.draft?.revision;
		const event: EventParts = ['pagecontent_update', { page: { ...page }, revision }];
		return this.emitAll(signature, this.who(options), [event]);
	}
}

function draftOf(page: Page): Draft {
	if (!page.draft) throw new Error(`no draft of page ${page.id}`);
	return page.draft;
}
