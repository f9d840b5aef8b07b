import { normalPath, type Page } from './pages.mts';
import { addRevision } from './revisions.mts';
import type { By, Change, EventParts, PageKey } from './base.mts';
import { SiteFiles } from './files.mts';
import { elementAt } from '../../present.mts';

export interface Copy extends By {
	title?: string;
	/** Pages below too; off if absent. */
	recursive?: boolean;
	/** On if absent. */
	tags?: boolean;
	attachments?: boolean;
}

/** Moves, copies, deletions and restorations of pages. */
export class SiteTree extends SiteFiles {
	private deletions = 0;

	/**
	 * Subpages move along, each with its event: docs/vendor-facts.md#drafts-and-publishing. Each leaves
	 * a redirect: docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	movePage(key: PageKey, to: string, options: By & { title?: string } = {}): Change {
		const page = this.page(key);
		const target = normalPath(to);
		const other = this.pages.byPath(target);
		if (other && other !== page) throw new Error(`There is a page at ${target} already.`);
		const { by, at } = this.who(options);
		const below = this.pages.below(page);
		const moved = [page, ...below];
		const sources = moved.map((each) => ({ ...each }));
		const [source] = sources;
		this.pages.makeParents(target, by.username, at);
		for (const child of below) child.path = target + child.path.slice(page.path.length);
		page.path = target;
		for (const [index, each] of moved.entries()) {
			this.pages.leaveRedirect(sources[index]!.path, each);
		}
		page.title = options.title ?? page.title;
		page.modified = at;
		const cascading = below.length > 0;
		const events = moved.map(
			(each, index): EventParts => [
				'page_move',
				{ page: each, source: sources[index], root: source, cascading },
			],
		);
		return this.change(page, this.emitAll('POST:pages/*/move', { by, at }, events), moved);
	}

	/** Each copied page and file has its event, all of one request. Drafts are left behind. */
	copyPage(key: PageKey, to: string, options: Copy = {}): Change {
		const source = this.page(key);
		const target = normalPath(to);
		if (this.pages.byPath(target)) throw new Error(`There is a page at ${target} already.`);
		const { by, at } = this.who(options);
		const below = options.recursive ? this.pages.below(source) : [];
		const sources = [source, ...below.filter(({ draftState }) => draftState !== 'unpublished')];
		const events: EventParts[] = [];
		const pages: Page[] = [];
		for (const from of sources) {
			const title = from === source ? options.title : undefined;
			const path = target + from.path.slice(source.path.length);
			const page = this.placePage(path, from.title, by.username, at);
			pages.push(page);
			events.push(...this.fill(page, from, { ...options, title }, { by: by.username, at }));
		}
		const cascading = pages.length > 1;
		for (const [type, subject] of events) {
			if (type === 'page_copy') Object.assign(subject, { root: pages[0], cascading });
		}
		return this.change(
			elementAt(pages, 0),
			this.emitAll('POST:pages/*/copy', { by, at }, events),
			pages,
		);
	}

	deletePage(key: PageKey, { recursive, ...options }: By & { recursive?: boolean } = {}): Change {
		const page = this.page(key);
		const { by, at } = this.who(options);
		const pages = [page, ...(recursive ? this.pages.below(page) : [])];
		const deletion = ++this.deletions;
		const fate = { deleted: true, deletedAt: at, deletedBy: by.username, deletion };
		for (const gone of pages) Object.assign(gone, fate);
		const subject = { page, cascading: pages.length > 1 };
		const events = this.emitAll('DELETE:pages/*', { by, at }, [['page_delete', subject]]);
		return this.change(page, events, pages);
	}

	/** Brings back a page, and what was below it and went with it, to its old path or another. */
	restorePage(pageId: number, { to, ...options }: By & { to?: string } = {}): Change {
		const page = this.page(pageId);
		const [old, target] = [page.path, normalPath(to ?? page.path)];
		if (this.pages.byPath(target)) throw new Error(`There is a page at ${target} already.`);
		const { by, at } = this.who(options);
		this.pages.makeParents(target, by.username, at);
		const pages = [page, ...this.goneWith(page)].filter(
			({ path }) => !this.pages.byPath(target + path.slice(old.length)),
		);
		for (const back of pages) {
			back.path = target + back.path.slice(old.length);
			Object.assign(back, { deleted: false, deletedAt: undefined, modified: at });
		}
		const subject = { page, cascading: pages.length > 1 };
		const signature = 'POST:archive/pages/*/restore';
		const events = this.emitAll(signature, { by, at }, [['page_restore', subject]]);
		return this.change(page, events, pages);
	}

	private goneWith(page: Page): Page[] {
		const start = `${page.path.toLowerCase()}/`;
		return [...this.pages.byId.values()].filter(
			({ deleted, deletion, path }) =>
				deleted && deletion === page.deletion && path.toLowerCase().startsWith(start),
		);
	}

	/** Text, tags and files of one copied page. */
	private fill(
		page: Page,
		source: Page,
		{ title = source.title, tags = true, attachments = true }: Copy,
		{ by, at }: { by: string; at: Date },
	): EventParts[] {
		if (tags) page.tags = [...source.tags];
		const diff = addRevision(page, { title, html: source.html, author: by, at });
		const files = attachments ? this.copyFiles(source, page, by, at) : [];
		return [['page_copy', { page, source, diff }], ...files];
	}
}
