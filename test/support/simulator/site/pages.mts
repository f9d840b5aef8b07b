import { randomUUID } from 'node:crypto';
import { type Settings, siteNow } from '../settings.mts';
import type { User, Who } from './users.mts';

export type Restriction = 'Public' | 'Private';

/** See docs/vendor-facts.md#event-families. */
export const RESTRICTION_IDS: Record<Restriction, number> = { Public: 1, Private: 2 };

export interface Page {
	id: number;
	guid: string;
	/** `A/B`; the home page has the empty path. */
	path: string;
	title: string;
	/** It was set by hand; another one follows the path: docs/vendor-facts.md#writing-pages. */
	hasOwnTitle?: boolean;
	html: string;
	/**
	 * 0 for a parent that Expert made (docs/vendor-facts.md#virtual-pages-and-redirects), and for a
	 * page that is a draft only.
	 */
	revision: number;
	/** Oldest first. */
	revisions: Revision[];
	draftState: 'active' | 'inactive' | 'unpublished';
	/** Private: Admins alone may read it. */
	restriction: Restriction;
	deleted: boolean;
	created: Date;
	/** Last change of the text. */
	edited: Date;
	/** Last change of any kind. */
	modified: Date;
	deletedAt?: Date;
	/** The name of the user who deleted it. */
	deletedBy?: string;
	/** User names: who made it, who wrote the newest text. */
	createdBy: string;
	author: string;
	/** The site's own if absent. */
	language?: string;
	tags: string[];
	/** By name. */
	properties: Map<string, Property>;
	/** Which of the site's writes was the last one of its text. */
	lastWrite?: number;
	/** What is not published yet: see docs/vendor-facts.md#drafts. */
	draft?: Draft;
	/** Number of the call that deleted it, by which what went together comes back together. */
	deletion?: number;
	/** Its deletion began at a page above it. */
	wentAlong?: boolean;
}

/** One saved text of a page: see docs/vendor-facts.md#reading-pages. */
export interface Revision {
	number: number;
	title: string;
	html: string;
	/** User name. */
	author: string;
	date: Date;
	/** The edit's comment, and how many words came or went. */
	description: string;
}

interface NewRevision {
	/** That of the page if absent. */
	title?: string;
	html: string;
	who: Who;
	comment?: string;
}

/** Words that came and went, as the events count them. */
interface WordDiff {
	added: number;
	removed: number;
}

export interface Draft {
	title: string;
	html: string;
	tags: string[];
	revision: number;
	/** Texts of its earlier revisions. */
	earlier: Record<number, string>;
	edited: Date;
}

export interface Property {
	id: number;
	value: string;
	type: string;
	revision: number;
	modified: Date;
}

export interface FileRevision {
	/** 1 for the first. */
	revision: number;
	content: Buffer;
	size: number;
	type: string;
	description: string;
	altText: string;
	uploaded: Date;
}

/** A file with what is known of its newest revision. */
export interface Attachment extends FileRevision {
	id: number;
	resourceId: number;
	name: string;
	pageId: number;
	location: string;
	deletedAt?: Date;
}

/** Where a page is to stand, and who makes it when. */
interface PageStart {
	path: string;
	title: string;
	by: string;
	at: Date;
}

/** What a moved page leaves at its old path; no list has it: docs/vendor-facts.md#virtual-pages-and-redirects. */
export interface Redirect extends Page {
	to: Page;
}

/** A site is older than what is built on it: nobody takes its home page for a new one. */
const AGE_MS = 24 * 3_600_000;

/** Pages by id and path. Paths are compared without regard to case. */
export class Pages {
	readonly byId = new Map<number, Page>();
	private redirects: Redirect[] = [];
	private lastId = 0;

	constructor(settings: Settings, owner: User) {
		const at = new Date(siteNow(settings).getTime() - AGE_MS);
		const home = this.add({ path: '', title: 'Home', by: owner.username, at });
		addRevision(home, { html: '', who: { by: owner, at } });
	}

	/** A page without any text yet: its revision is 0. */
	add(start: PageStart): Page {
		const page = this.blank(start);
		this.byId.set(page.id, page);
		return page;
	}

	private blank({ path, title, by, at }: PageStart): Page {
		return {
			id: ++this.lastId,
			guid: randomUUID().replaceAll('-', ''),
			...{ path, title, html: '', revision: 0, revisions: [] },
			draftState: 'inactive',
			restriction: 'Public',
			deleted: false,
			...{ created: at, edited: at, modified: at },
			...{ createdBy: by, author: by },
			tags: [],
			properties: new Map(),
		};
	}

	get current(): Page[] {
		return [...this.byId.values()].filter((page) => !page.deleted);
	}

	get home(): Page {
		return this.byId.get(1) as Page;
	}

	byPath(path: string): Page | undefined {
		const wanted = path.toLowerCase();
		return this.current.find((page) => page.path.toLowerCase() === wanted);
	}

	leaveRedirect(path: string, to: Page, { by, at }: Who): void {
		const page = this.blank({ path, title: titleOf(path), by: by.username, at });
		addRevision(page, { html: `#REDIRECT [[${to.path}]]`, who: { by, at } });
		this.redirects.push({ ...page, to });
	}

	dropRedirect(redirect: Redirect): void {
		this.redirects = this.redirects.filter((each) => each !== redirect);
	}

	/** A page with the ID of the redirect, in its place. */
	replaceRedirect(redirect: Redirect): Page {
		this.dropRedirect(redirect);
		this.byId.set(redirect.id, redirect);
		return redirect;
	}

	/** By id or path; a page that was made at the path since then has taken its place. */
	redirect(key: number | string): Redirect | undefined {
		const isMeant = ({ id, path }: Redirect) =>
			typeof key === 'number' ? id === key : path.toLowerCase() === key.toLowerCase();
		const found = this.redirects.findLast(isMeant);
		return found && !found.to.deleted && !this.byPath(found.path) ? found : undefined;
	}

	/** Every page below, at any depth. */
	below(page: Page): Page[] {
		return this.current.filter((other) => isBelowPath(other.path, page.path));
	}

	childrenOf(page: Page): Page[] {
		const path = page.path.toLowerCase();
		// The last slash first: sites can have tens of thousands of pages.
		const slash = path === '' ? -1 : path.length;
		const isChild = (child: string) => child.lastIndexOf('/') === slash && child.toLowerCase().startsWith(path);
		return this.current.filter((child) => child !== page && isChild(child.path));
	}

	/** By lower-case path: one pass, as a site may have many thousand pages. */
	get childCounts(): Map<string, number> {
		const counts = new Map<string, number>();
		for (const { path } of this.current) {
			const parent = parentPath(path).toLowerCase();
			if (path !== '') counts.set(parent, (counts.get(parent) ?? 0) + 1);
		}
		return counts;
	}

	parentOf(page: Page): Page | undefined {
		if (page.path === '') return undefined;
		return this.byPath(parentPath(page.path));
	}

	/** The nearest first, the home page last. */
	parentsOf(page: Page): Page[] {
		const parent = this.parentOf(page);
		return parent ? [parent, ...this.parentsOf(parent)] : [];
	}

	/**
	 * Missing parents are made with revision 0: see docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	makeParents(path: string, by: string, at: Date): void {
		const parent = parentPath(path);
		if (this.byPath(parent)) return;
		this.makeParents(parent, by, at);
		this.add({ path: parent, title: titleOf(parent), by, at });
	}
}

/** Saves a text as the page's newest revision; gives the difference to the one before. */
export function addRevision(page: Page, { title = page.title, html, who: { by, at }, comment }: NewRevision): WordDiff {
	const [before, after] = [wordsIn(page.html), wordsIn(html)];
	const diff = { added: moreThan(before, after), removed: moreThan(after, before) };
	const number = page.revision + 1;
	const author = by.username;
	const isRenamed = number > 1 && title !== page.title;
	const renaming = isRenamed ? [`page display name changed to '${title}'`] : [];
	const changes = [...(comment ? [comment] : []), describe(diff, number === 1), ...renaming];
	const description = changes.join('; ');
	page.revisions.push({ number, title, html, author, description, date: at });
	Object.assign(page, { title, html, author, revision: number, edited: at, modified: at });
	return diff;
}

/** The page as it was at a revision; undefined when it never had that one. */
export function pageAt(page: Page, number: number): Page | undefined {
	const revision = page.revisions.find((each) => each.number === number);
	if (!revision) return undefined;
	const { title, html, author, date } = revision;
	return { ...page, title, html, author, revision: number, edited: date };
}

/** `153 words added` is stated, the rest is the ancestor's: docs/vendor-facts.md#reading-pages. */
function describe({ added, removed }: WordDiff, isFirst: boolean): string {
	const parts = [
		...(isFirst ? ['page created'] : []),
		...(added > 0 ? [`${added} words added`] : []),
		...(removed > 0 ? [`${removed} words removed`] : []),
	];
	return parts.join(', ') || 'no changes';
}

/** How many of the new words the old ones lack, each as often as it is there. */
function moreThan(before: string[], after: string[]): number {
	const known = Map.groupBy(before, (word) => word);
	return after.filter((word) => known.get(word)?.pop() === undefined).length;
}

export function parentPath(path: string): string {
	return path.split('/').slice(0, -1).join('/');
}

/** Whether a page stands below another one, at any depth; each in any case. */
export function isBelowPath(path: string, top: string): boolean {
	if (top === '') return path !== '';
	return path.toLowerCase().startsWith(`${top.toLowerCase()}/`);
}

/** Last segment of a path in readable form. */
export function titleOf(path: string): string {
	return (path.split('/').at(-1) ?? '').replaceAll('_', ' ') || 'Home';
}

/** The path as the site stores it: no outer slashes, spaces as underscores. */
export function normalPath(path: string): string {
	return path
		.trim()
		.replace(/^\/+|\/+$/g, '')
		.replaceAll(' ', '_');
}

const NAMED: Record<string, string> = {
	...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
	nbsp: '\u00a0',
};

/** The words of some HTML: without tags, entities decoded, white space made single. */
export function plainText(html: string): string {
	return html
		.replace(/<[^>]*>/g, ' ')
		.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, decoded)
		.replace(/\s+/g, ' ')
		.trim();
}

function decoded(entity: string, decimal?: string, hex?: string, name = ''): string {
	const code = Number(decimal ?? `0x${hex}`);
	return code <= 0x10ffff ? String.fromCodePoint(code) : (NAMED[name] ?? entity);
}

/** The feed's diff and the revisions count words. */
function wordsIn(html: string): string[] {
	return html
		.replace(/<[^>]*>/g, ' ')
		.split(/\s+/)
		.filter(Boolean);
}
