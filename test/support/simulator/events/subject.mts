import type { XmlData } from '../xml.mts';

/**
 * A page as an event names it; only ID and path are always known: see
 * docs/vendor-facts.md#event-document.
 */
export interface PageRef {
	id: number | string;
	path: string;
	revision?: number;
	title?: string;
	guid?: string;
	draftState?: string;
	created?: Date;
	deleted?: boolean;
	/** The site's own if absent. */
	language?: string;
}

export interface FileRef {
	id: number | string;
	name: string;
	revision?: number;
	size?: number;
	resourceId?: number;
	/** Where the site keeps the content: `site_1/88/0`. */
	location?: string;
}

/**
 * What an event is about; each event family (docs/vendor-facts.md#event-families) reads the parts
 * it needs.
 */
export interface Subject {
	page?: PageRef;
	/** Old place of a move, original of a copy. */
	source?: PageRef;
	/** Top of the tree that a move, copy or delete worked on; the page itself if absent. */
	root?: PageRef;
	cascading?: boolean;
	file?: FileRef;
	sourceFile?: FileRef;
	user?: { id: number | string };
	tagsAdded?: string[];
	tagsRemoved?: string[];
	property?: { id: number | string; name: string };
	displayName?: { previous: string; current: string };
	restriction?: { previous: number; current: number };
	grant?: { id: number; roleId: number; groupId?: number; userId?: number };
	diff?: { added: number; removed: number } | 'tooLarge';
	changeComment?: string;
	revision?: number;
	createReason?: string;
	/** More children of `event`, put last. */
	extra?: XmlData;
}
