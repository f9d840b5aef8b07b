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

interface FileRef {
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
	diff?: { added: number; removed: number };
	changeComment?: string;
	revision?: number;
	/** More children of `event`, put last. */
	extra?: XmlData;
}

/** How a page is written depends on settings, so it is handed in. */
type PageWriter = (page: PageRef) => XmlData;

type Family = (subject: Subject, page: PageWriter) => XmlData;

const none: XmlData = {};

const pageOf: Family = ({ page }, write) => (page ? { page: write(page) } : none);

const rootOf: Family = ({ root, page }, write) => {
	const top = root ?? page;
	return top ? { 'root.page': write(top) } : none;
};

const sourceOf: Family = ({ source }, write) => (source ? { 'source.page': write(source) } : none);

const cascadingOf = ({ cascading }: Subject): XmlData => ({ '@cascading': cascading ?? false });

function diffOf(subject: Subject, reparsing?: boolean): XmlData {
	const diff = subject.diff ?? { added: 0, removed: 0 };
	const counts = { added: diff.added, attributes: 0, removed: diff.removed, structural: 0 };
	return { diff: reparsing === undefined ? counts : { '@isreparsing': reparsing, ...counts } };
}

function fileData(file: FileRef): XmlData {
	return {
		'@id': file.id,
		'@res-id': file.resourceId ?? Number(file.id) + 3644,
		'@revision': file.revision ?? 1,
		'@size': file.size ?? 0,
		filename: file.name,
		...(file.location ? { location: file.location } : {}),
	};
}

const tagList = (names: string[] = []): XmlData => ({
	tag: names.map((name) => ({ name, type: 'text' })),
});

const propertyOf = ({ property }: Subject): XmlData => (property ? { property } : none);

const wholeTree: Family = (subject, write) => ({
	...cascadingOf(subject),
	...pageOf(subject, write),
	...rootOf(subject, write),
});

const attachment: Family = (subject, write) => ({
	...(subject.file ? { file: fileData(subject.file) } : {}),
	...pageOf(subject, write),
});

const attachmentProperty: Family = (subject, write) => ({
	...attachment(subject, write),
	...propertyOf(subject),
});

const pageProperty: Family = (subject, write) => ({
	...pageOf(subject, write),
	...propertyOf(subject),
});

const user: Family = (subject) => (subject.user ? { user: { '@id': subject.user.id } } : none);

const grant: Family = (subject, write) => {
	const { id, roleId, groupId, userId } = subject.grant ?? { id: 0, roleId: 3, groupId: 2 };
	const toUser = groupId === undefined;
	const holder: XmlData = toUser ? { user: { '@id': userId ?? 0 } } : { group: { '@id': groupId } };
	return {
		...wholeTree(subject, write),
		grant: { id, type: toUser ? 'USER' : 'GROUP', role: { '@id': roleId }, ...holder },
	};
};

/** What is alike in all events of a family but those below. */
const alike: Record<string, Family> = {
	...{ pageproperty: pageProperty, pagegrant: grant, user },
	...{ attachment, attachmentproperty: attachmentProperty },
};

/**
 * The children (and own attributes) of each event family: see docs/vendor-facts.md#event-families.
 */
const families: Record<string, Family> = {
	...{ page_restore: wholeTree, page_delete: wholeTree },
	page_create: (subject, write) => ({
		...pageOf(subject, write),
		'create-reason': 'new-content',
		...diffOf(subject, false),
	}),
	page_copy: (subject, write) => ({
		...wholeTree(subject, write),
		...sourceOf(subject, write),
		...diffOf(subject),
	}),
	page_move: (subject, write) => ({
		...wholeTree({ ...subject, root: subject.root ?? subject.source }, write),
		...sourceOf(subject, write),
	}),
	pagecontent_update: (subject, write) => ({
		...pageOf(subject, write),
		'change-comment': subject.changeComment ?? '',
		...diffOf(subject, false),
		revision: subject.revision ?? subject.page?.revision ?? 1,
	}),
	pagedisplayname_update: (subject, write) => ({
		...pageOf(subject, write),
		'displayname.current': subject.displayName?.current ?? subject.page?.title ?? '',
		'displayname.previous': subject.displayName?.previous ?? '',
	}),
	pagetag_update: (subject, write) => ({
		...pageOf(subject, write),
		'tags-added': tagList(subject.tagsAdded),
		'tags-removed': tagList(subject.tagsRemoved),
	}),
	pagerestriction_update: (subject, write) => ({
		...wholeTree(subject, write),
		'previous.restriction-id': subject.restriction?.previous ?? 1,
		'restriction-id': subject.restriction?.current ?? 2,
	}),
	attachment_move: (subject, write) => ({
		'@move-source': true,
		...attachment(subject, write),
		...(subject.sourceFile ? { 'source.file': fileData(subject.sourceFile) } : {}),
		...sourceOf(subject, write),
	}),
};

/**
 * Children of a full event. Families without a known shape have the page only: see
 * docs/vendor-facts.md#event-families.
 */
export function eventChildren(pathType: string, subject: Subject, write: PageWriter): XmlData {
	const family = families[pathType] ?? alike[pathType.split('_')[0] ?? ''] ?? pageOf;
	return { ...family(subject, write), ...subject.extra };
}
