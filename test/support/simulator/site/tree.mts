import { elementAt } from '../../present.mts';
import type { Subject } from '../events/families.mts';
import { ASSUMED } from '../settings.mts';
import type { By, Change, EventParts, PageKey } from './base.mts';
import {
	addRevision,
	isBelowPath,
	normalPath,
	parentPath,
	titleOf,
	type Attachment,
	type FileRevision,
	type Page,
} from './pages.mts';
import { SiteTexts } from './texts.mts';
import type { Who } from './users.mts';

interface NewFile extends By {
	content?: Uint8Array;
	/** Length of the content if absent. */
	size?: number;
	type?: string;
	/** Those of the revision before if absent. */
	description?: string;
	altText?: string;
}

export interface FileChange extends Change {
	file: Attachment;
	fileId: number;
}

interface Copy extends By {
	title?: string;
	/** Pages below too; off if absent. */
	recursive?: boolean;
	/** On if absent. */
	tags?: boolean;
	attachments?: boolean;
}

/** Files, and where pages stand: moves, copies, deletions and restorations. */
export class SiteTree extends SiteTexts {
	private deletions = 0;

	/** What is there; files of a deleted page went with it. */
	filesOf(page: Page): Attachment[] {
		return this.files.filter(({ pageId, deletedAt }) => pageId === page.id && !deletedAt);
	}

	fileNamed(page: Page, name: string): Attachment | undefined {
		return this.filesOf(page).find((file) => file.name === name);
	}

	/** A second file of the same name on the page is a new revision: attachment_update. */
	attachFile(key: PageKey, name: string, options: NewFile = {}): FileChange {
		const page = this.page(key);
		const who = this.who(options);
		const known = this.fileNamed(page, name);
		const content = Buffer.from(options.content ?? `Content of ${name}`);
		const revision: FileRevision = {
			...{ revision: (known?.revision ?? 0) + 1, content },
			uploaded: who.at,
			size: options.size ?? content.length,
			type: options.type ?? 'application/octet-stream',
			description: options.description ?? known?.description ?? '',
			altText: options.altText ?? known?.altText ?? '',
		};
		const file = known ? Object.assign(known, revision) : this.newFile(page, name, revision);
		const type = known ? 'attachment_update' : 'attachment_create';
		const event: EventParts = [type, { file: { ...file }, page }];
		const events = this.emitAll(who, [event]);
		return { ...this.change(page, events), file, fileId: file.id };
	}

	/** A new revision, with the same content. */
	renameFile(fileId: number, name: string, options: By = {}): FileChange {
		const file = this.file(fileId);
		const who = this.who(options);
		const sourceFile = { ...file };
		Object.assign(file, { name, revision: file.revision + 1 });
		const page = this.page(file.pageId);
		const subject = { file: { ...file }, page, sourceFile, source: { ...page } };
		const events = this.emitAll(who, [['attachment_move', subject]]);
		return { ...this.change(page, events), file, fileId };
	}

	private file(fileId: number): Attachment {
		const file = this.files.find(({ id, deletedAt }) => id === fileId && !deletedAt);
		if (!file) throw new Error(`no file ${fileId}`);
		return file;
	}

	deleteFile(fileId: number, options: By = {}): FileChange {
		const file = this.file(fileId);
		const who = this.who(options);
		file.deletedAt = who.at;
		const page = this.page(file.pageId);
		const event: EventParts = ['attachment_delete', { file: { ...file }, page }];
		const events = this.emitAll(who, [event]);
		return { ...this.change(page, events), file, fileId };
	}

	/**
	 * Subpages move along, each with its event: docs/vendor-facts.md#drafts-and-publishing. Each leaves
	 * a redirect: docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	movePage(key: PageKey, to: string, options: By & { title?: string } = {}): Change {
		const page = this.page(key);
		const target = normalPath(to);
		this.refuseTaken(target, page);
		const who = this.who(options);
		const moved = [page, ...this.pages.below(page)];
		const sources = moved.map((each) => ({ ...each }));
		const root = elementAt(sources, 0);
		this.pages.makeParents(target, who.by.username, who.at);
		for (const each of moved) each.path = target + each.path.slice(root.path.length);
		for (const [index, each] of moved.entries()) {
			this.pages.leaveRedirect(elementAt(sources, index).path, each, who);
		}
		if (options.title !== undefined) page.hasOwnTitle = true;
		page.title = options.title ?? (page.hasOwnTitle ? page.title : titleOf(target));
		page.modified = who.at;
		const cascading = moved.length > 1;
		const events = moved.map(
			(each, index): EventParts => ['page_move', { page: each, source: sources[index], root, cascading }],
		);
		return this.change(page, this.emitAll(who, events), moved);
	}

	/** Each copied page and file has its event, all of one request. Drafts are left behind. */
	copyPage(key: PageKey, to: string, options: Copy = {}): Change {
		const source = this.page(key);
		const target = normalPath(to);
		const who = this.who(options);
		const below = options.recursive ? this.pages.below(source) : [];
		const sources = [source, ...below.filter(({ draftState }) => draftState !== 'unpublished')];
		const pages = sources.map((from) => {
			const title = from === source ? options.title : undefined;
			const path = target + from.path.slice(source.path.length);
			return this.placePage(path, title ?? from.title, who);
		});
		const tree = { root: pages[0], cascading: pages.length > 1 };
		const events = pages.flatMap((page, index) => {
			const [copied, ...files] = this.fill(page, elementAt(sources, index), options, who);
			return [['page_copy', { ...copied, ...tree }] as EventParts, ...files];
		});
		const emitted = this.emitAll(who, events);
		return this.change(elementAt(pages, 0), emitted, pages);
	}

	/** Without `recursive` an empty page takes its place above others: docs/vendor-facts.md#writing-pages. */
	deletePage(key: PageKey, { recursive, ...options }: By & { recursive?: boolean } = {}): Change {
		const page = this.page(key);
		const who = this.who(options);
		const pages = [page, ...(recursive ? this.pages.below(page) : [])];
		const deletion = ++this.deletions;
		const fate = { deleted: true, deletedAt: who.at, deletedBy: who.by.username, deletion };
		for (const gone of pages) Object.assign(gone, fate, { wentAlong: gone !== page });
		const subject = { page, cascading: pages.length > 1 };
		const events = this.emitAll(who, [['page_delete', subject], ...this.fillGap(page, who)]);
		return this.change(page, events, pages);
	}

	/** Pages that stay need one above them. */
	private fillGap({ path }: Page, { by, at }: Who): EventParts[] {
		if (!this.pages.current.some((page) => parentPath(page.path) === path)) return [];
		const page = this.pages.add({ path, title: titleOf(path), by: by.username, at });
		return [['page_create', { page }]];
	}

	/** Brings back a page, and what was below it and went with it, to its old path or another. */
	restorePage(pageId: number, { to, ...options }: By & { to?: string } = {}): Change {
		const page = this.page(pageId);
		const [old, target] = [page.path, normalPath(to ?? page.path)];
		this.refuseTaken(target);
		const who = this.who(options);
		this.pages.makeParents(target, who.by.username, who.at);
		const pages = [page, ...this.goneWith(page)].filter(
			({ path }) => !this.pages.byPath(target + path.slice(old.length)),
		);
		for (const back of pages) {
			back.path = target + back.path.slice(old.length);
			Object.assign(back, { deleted: false, deletedAt: undefined, modified: who.at });
		}
		const subject = { page, cascading: pages.length > 1 };
		const events = this.emitAll(who, [['page_restore', subject]]);
		return this.change(page, events, pages);
	}

	/** What was below a deleted page and was deleted by the same call. */
	goneWith(page: Page): Page[] {
		return [...this.pages.byId.values()].filter(
			({ deleted, deletion, path }) => deletion === page.deletion && deleted && isBelowPath(path, page.path),
		);
	}

	/** Text, tags and files of one copied page: what its event is about, and the events of its files. */
	private fill(
		page: Page,
		source: Page,
		{ tags = true, attachments = true }: Copy,
		who: Who,
	): [Subject, ...EventParts[]] {
		if (tags) page.tags = [...source.tags];
		const diff = addRevision(page, { html: source.html, who });
		const files = attachments ? this.filesOf(source) : [];
		return [
			{ page, source, diff },
			...files.map((sourceFile): EventParts => {
				const { content, size, type, description, altText } = sourceFile;
				const file = this.newFile(page, sourceFile.name, {
					...{ content, size, type, description, altText, revision: 1 },
					uploaded: who.at,
				});
				return ['attachment_copy', { file: { ...file }, page, sourceFile, source }];
			}),
		];
	}

	private newFile(page: Page, name: string, first: FileRevision): Attachment {
		const id = this.files.length + 1;
		const file: Attachment = {
			...first,
			...{ id, name, pageId: page.id },
			resourceId: this.nextResource(),
			location: `${ASSUMED.siteId}/${id}/0`,
		};
		this.files.push(file);
		return file;
	}
}
