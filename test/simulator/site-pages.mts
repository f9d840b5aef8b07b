import type { Subject } from './event-subject.mts';
import { normalPath, titleOf, type Page } from './pages.mts';
import { SiteBase, type By, type Change, type PageKey } from './site-base.mts';

export interface NewPage extends By {
	title?: string;
	html?: string;
	tags?: string[];
	draftState?: Page['draftState'];
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
		if (this.pages.byPath(wanted)) throw new Error(`page exists: ${wanted}`);
		const by = this.user(options.by);
		if (this.settings.makeMissingParents) this.pages.makeParents(wanted);
		const page = this.pages.add(wanted, options.title ?? titleOf(wanted), by.username);
		page.html = options.html ?? '';
		page.tags = [...(options.tags ?? [])];
		page.draftState = options.draftState ?? 'inactive';
		const diff = { added: wordsIn(page.html), removed: 0 };
		const events: Array<[string, Subject]> = [['page_create', { page, diff }]];
		if (this.settings.createFiresContentUpdate) {
			events.push(['pagecontent_update', { page: { ...page }, diff, revision: 1 }]);
		}
		return this.change(page, this.emitAll('POST:pages/*/contents', by, events));
	}

	/** The path, or one with a number after it where a page is already. */
	freePath(path: string): string {
		const wanted = normalPath(path);
		for (let number = 1; ; number++) {
			const candidate = number === 1 ? wanted : `${wanted}_${number}`;
			if (!this.pages.byPath(candidate)) return candidate;
		}
	}

	editPage(key: PageKey, { html, title, comment, by }: Edit = {}): Change {
		const page = this.page(key);
		const before = { words: wordsIn(page.html), title: page.title };
		page.html = html ?? `${page.html}<p>Edited at ${new Date().toISOString()}.</p>`;
		page.title = title ?? page.title;
		page.revision++;
		page.edited = new Date();
		const grown = wordsIn(page.html) - before.words;
		const diff = { added: Math.max(0, grown), removed: Math.max(0, -grown) };
		const { revision } = page;
		const events: Array<[string, Subject]> = [
			['pagecontent_update', { page, diff, revision, changeComment: comment }],
		];
		if (page.title !== before.title) {
			const displayName = { previous: before.title, current: page.title };
			events.push(['pagedisplayname_update', { page, displayName }]);
		}
		return this.change(page, this.emitAll('POST:pages/*/contents', this.user(by), events));
	}

	/** Subpages move along; one event tells of all (`cascading`, §3.3). */
	movePage(key: PageKey, to: string, { by, title }: By & { title?: string } = {}): Change {
		const page = this.page(key);
		const target = normalPath(to);
		const other = this.pages.byPath(target);
		if (other && other !== page) throw new Error(`page exists: ${target}`);
		const source = { ...page };
		const below = this.pages.below(page);
		if (this.settings.makeMissingParents) this.pages.makeParents(target);
		for (const child of below) child.path = target + child.path.slice(page.path.length);
		page.path = target;
		page.title = title ?? page.title;
		const subject = { page, source, cascading: below.length > 0 };
		const events = this.emitAll('POST:pages/*/move', this.user(by), [['page_move', subject]]);
		return this.change(page, events);
	}

	copyPage(key: PageKey, to: string, { by, title }: By & { title?: string } = {}): Change {
		const source = this.page(key);
		const target = normalPath(to);
		if (this.pages.byPath(target)) throw new Error(`page exists: ${target}`);
		if (this.settings.makeMissingParents) this.pages.makeParents(target);
		const user = this.user(by);
		const page = this.pages.add(target, title ?? source.title, user.username);
		page.html = source.html;
		page.tags = [...source.tags];
		const subject = { page, source, diff: { added: wordsIn(page.html), removed: 0 } };
		return this.change(page, this.emitAll('POST:pages/*/copy', user, [['page_copy', subject]]));
	}

	/** Adding what is there or removing what is not changes nothing and makes no event. */
	tagPage(key: PageKey, { add = [], remove = [], by }: TagChange): Change {
		const page = this.page(key);
		const tagsAdded = add.filter((tag) => !page.tags.includes(tag));
		const tagsRemoved = remove.filter((tag) => page.tags.includes(tag));
		page.tags = [...page.tags.filter((tag) => !tagsRemoved.includes(tag)), ...tagsAdded];
		if (tagsAdded.length + tagsRemoved.length === 0) return this.change(page, []);
		const subject = { page, tagsAdded, tagsRemoved };
		const events = this.emitAll('PUT:pages/*/tags', this.user(by), [['pagetag_update', subject]]);
		return this.change(page, events);
	}

	deletePage(key: PageKey, { by, recursive }: By & { recursive?: boolean } = {}): Change {
		const page = this.page(key);
		const below = recursive ? this.pages.below(page) : [];
		for (const gone of [page, ...below]) {
			gone.deleted = true;
			gone.deletedAt = new Date();
		}
		const subject = { page, cascading: below.length > 0 };
		const events = this.emitAll('DELETE:pages/*', this.user(by), [['page_delete', subject]]);
		return this.change(page, events);
	}

	restorePage(pageId: number, { by }: By = {}): Change {
		const page = this.page(pageId);
		page.deleted = false;
		delete page.deletedAt;
		const signature = 'POST:archive/pages/*/restore';
		return this.change(page, this.emitAll(signature, this.user(by), [['page_restore', { page }]]));
	}
}

/** The feed's diff counts words. */
function wordsIn(html: string): number {
	return html
		.replace(/<[^>]*>/g, ' ')
		.split(/\s+/)
		.filter(Boolean).length;
}
