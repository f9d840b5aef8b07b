import { attribute, textOf, type XmlElement } from './xml';

/** Entries that one call asks for: the vendor's default for webhooks and for subpages. */
const PAGE_SIZE = 100;

/** Limit where a site returns its first page again and again. */
const MAX_PAGE_SIZE = 10_000;

/** How far a list was read. */
export interface ListSoFar<T> {
	all: T[];
	readonly seen: Set<string>;
	offset: number;
	size: number;
	/** How many of them are read again after a failure: what comes then may have moved up meanwhile. */
	overlap: number;
	/** A call has failed since. */
	isInDoubt: boolean;
}

export function emptyList<T>(): ListSoFar<T> {
	const size = PAGE_SIZE;
	return { all: [], seen: new Set(), offset: 0, size, overlap: 0, isInDoubt: false };
}

/**
 * The first `max` entries of a list that the site returns page by page.
 *
 * Not every list has a total, and a site may return fewer entries than it is asked for. So the next
 * offset counts what came, until a page is empty or brings nothing new: a site that ignores `offset`
 * returns its first page again.
 *
 * @param fetch reads one page: of so many entries, or of `size` where not all that come are wanted
 * @param toItems maps one entry; an empty list drops it
 * @param list what was read before a call has failed, and then what was read up to here
 */
export async function readPages<T>(
	max: number,
	fetch: (limit: number, offset: number, size: number) => Promise<XmlElement[]>,
	toItems: (entry: XmlElement) => T[],
	list = emptyList<T>(),
): Promise<T[]> {
	while (list.all.length < max) {
		const limit = Math.min(list.size, max - list.all.length);
		const { offset } = list;
		const page = await fetch(limit, offset, list.size).catch((thrown: unknown) => {
			stepBack(list);
			throw thrown;
		});
		if (hasMoved(list, page)) continue;
		const added = page.filter((entry) => isNew(entry, list.seen));
		list.all.push(...added.flatMap(toItems));
		list.offset += page.length;
		list.overlap = Math.floor(page.length / 2);
		const isReadAgain = offset < list.seen.size && page.length > 0;
		if (added.length > 0 || isReadAgain) continue;
		if (page.length < limit || list.size >= MAX_PAGE_SIZE) break;
		list.size *= 10;
	}
	return list.all.slice(0, max);
}

/** By half a page: a site that allows a single call at a time gets to the end as well. */
function stepBack<T>(list: ListSoFar<T>): void {
	list.isInDoubt ||= list.overlap > 0;
	list.offset -= list.overlap;
	list.overlap = 0;
}

/**
 * After a failure, whether so many entries are gone that no known one is left where the list goes on. Then
 * it is read from its beginning.
 */
function hasMoved<T>(list: ListSoFar<T>, page: XmlElement[]): boolean {
	const isMoved =
		list.isInDoubt && list.offset > 0 && !page.some((entry) => list.seen.has(entryKey(entry)));
	list.isInDoubt = false;
	if (isMoved) list.offset = 0;
	return isMoved;
}

function isNew(entry: XmlElement, seen: Set<string>): boolean {
	const key = entryKey(entry);
	if (seen.has(key)) return false;
	seen.add(key);
	return true;
}

/**
 * Identifies an entry within its list. By its id, not its whole content: a count or a time in it may
 * change from one page to the next. Revisions share the id of their page, a file can have the id of a
 * page in search results, and pages that do not exist all have 0.
 */
export function entryKey(entry: XmlElement): string {
	const id = attribute(entry, 'id') ?? textOf(entry, 'id') ?? '0';
	const rest = [attribute(entry, 'revision'), textOf(entry, 'uri')];
	return JSON.stringify(id === '0' ? entry : [id, ...rest]);
}
