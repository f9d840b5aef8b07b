import { randomUUID } from 'node:crypto';

export interface Page {
	id: number;
	guid: string;
	/** `A/B`; the home page has the empty path. */
	path: string;
	title: string;
	html: string;
	/** 0 for a parent that was made by itself (§7.1). */
	revision: number;
	draftState: 'active' | 'inactive' | 'unpublished';
	deleted: boolean;
	created: Date;
	edited: Date;
	deletedAt?: Date;
	createdBy: string;
	tags: string[];
	properties: Map<string, { id: number; value: string }>;
}

export interface Attachment {
	id: number;
	resourceId: number;
	name: string;
	size: number;
	content: Buffer;
	revision: number;
	type: string;
	pageId: number;
	created: Date;
	location: string;
}

/** Pages by id and path. Paths are compared without regard to case. */
export class Pages {
	readonly byId = new Map<number, Page>();
	private lastId = 0;

	constructor() {
		this.add('', 'Home', 'system');
	}

	add(path: string, title: string, createdBy: string, revision = 1): Page {
		const now = new Date();
		const page: Page = {
			id: ++this.lastId,
			guid: randomUUID().replaceAll('-', ''),
			...{ path, title, createdBy, revision },
			html: '',
			draftState: 'inactive',
			deleted: false,
			created: now,
			edited: now,
			tags: [],
			properties: new Map(),
		};
		this.byId.set(page.id, page);
		return page;
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

	/** Every page below, at any depth. */
	below(page: Page): Page[] {
		const start = page.path === '' ? '' : `${page.path.toLowerCase()}/`;
		return this.current.filter(
			(other) => other !== page && other.path.toLowerCase().startsWith(start),
		);
	}

	parentOf(page: Page): Page | undefined {
		if (page.path === '') return undefined;
		return this.byPath(parentPath(page.path));
	}

	/** §7.1: parents that are missing are made with revision 0. */
	makeParents(path: string): void {
		const parent = parentPath(path);
		if (this.byPath(parent)) return;
		this.makeParents(parent);
		this.add(parent, titleOf(parent), 'system', 0);
	}
}

export function parentPath(path: string): string {
	return path.split('/').slice(0, -1).join('/');
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
