import { asExpertError, ExpertError } from './expert-error';
import { type Resumable, uninterrupted } from './resumable';
import { attribute, textOf, type XmlElement } from './xml';

/** Entries per call: the vendor's default for webhooks and subpages. */
const PAGE_SIZE = 100;

/** Stop growing the page here: this site ignores `offset`. */
const MAX_PAGE_SIZE = 10_000;

/** Reads one page of a list, of `limit` entries, or of `size` where not all that come are wanted. */
type FetchPage = (limit: number, offset: number, size: number) => Promise<XmlElement[]>;

/** Whether no wanted entry follows this page, which is not empty. `known` counts each entry so far once. */
type IsEnough = (page: XmlElement[], known: number, size: number) => boolean;

/**
 * Reads the first `max` items of a list that the site returns page by page.
 *
 * @param toItems maps one entry; an empty list drops it
 * @throws ExpertError at the first failure
 */
export async function readPages<T>(max: number, fetch: FetchPage, toItems: (entry: XmlElement) => T[]): Promise<T[]> {
	return await uninterrupted(readPagesResumably(max, fetch, toItems, () => false, OVERLAP));
}

/**
 * Reads a list like {@link readPages}, but makes no call only to find that no entries follow, because the responses
 * count them all. A full page, or more entries than it counts, makes the count doubtful.
 *
 * @param fetch gives the count, too, if the response has one
 */
export async function readCountedPages<T>(
	max: number,
	fetch: (...asked: Parameters<FetchPage>) => Promise<readonly [page: XmlElement[], total: number | undefined]>,
	toItems: (entry: XmlElement) => T[],
): Promise<T[]> {
	let total: number | undefined;
	const fetchPage: FetchPage = async (...asked) => {
		const [page, count] = await fetch(...asked);
		total = count;
		return page;
	};
	const isAll: IsEnough = (page, known, size) => page.length < size && known === total;
	return await uninterrupted(readPagesResumably(max, fetchPage, toItems, isAll, OVERLAP));
}

/** Reads a whole list like {@link readPages}, but goes on after a failure. */
export async function* readAllResumably(fetch: FetchPage, isEnough?: IsEnough): Resumable<XmlElement[]> {
	return yield* readPagesResumably(Infinity, fetch, (entry) => [entry], isEnough);
}

/**
 * Not every list has a total, and a site may return fewer entries than it is asked for. So the next offset counts what
 * came, until a page is empty or brings nothing new: a site that ignores `offset` returns its first page again.
 */
async function* readPagesResumably<T>(
	max: number,
	fetch: FetchPage,
	toItems: (entry: XmlElement) => T[],
	isEnough: IsEnough = () => false,
	maxOverlap = 0,
): Resumable<T[]> {
	const [items, seen] = [[] as T[], new Set<string>()];
	const at: Position = { offset: 0, overlap: 0, back: 0, isInDoubt: false, isRestarted: false };
	for (let size = PAGE_SIZE; items.length < max; ) {
		const { offset, overlap } = at;
		const limit = Math.min(size, max - items.length + overlap);
		const page = await fetch(limit, offset, size).catch(asExpertError);
		if (page instanceof ExpertError) {
			stepBack(at);
			yield page;
			continue;
		}
		if (hasMoved(at, page, seen)) continue;
		const added = page.filter((entry) => isNew(entry, seen));
		items.push(...added.flatMap(toItems));
		if (page.length > 0 && isEnough(page, seen.size, size)) break;
		goOn(at, page.length, page.length < limit ? 0 : maxOverlap);
		const isReadAgain = offset + overlap < seen.size && page.length > 0;
		if (added.length > 0 || isReadAgain) continue;
		if (page.length < limit || size >= MAX_PAGE_SIZE) break;
		size *= 10;
	}
	return items.slice(0, max);
}

/** The place where a list goes on. */
interface Position {
	offset: number;
	/** How many known entries are read again: if one of them goes meanwhile, those behind it move up. */
	overlap: number;
	/** How many are read again after a failure, as more may go until then. */
	back: number;
	/** A call has failed since. */
	isInDoubt: boolean;
	/** So many entries were gone that the list was read from its beginning. */
	isRestarted: boolean;
}

/** Entries of a full page that are read again with the next one. */
const OVERLAP = 10;

function goOn(at: Position, came: number, maxOverlap: number): void {
	at.back = Math.floor(came / 2);
	at.overlap = Math.min(maxOverlap, at.back);
	at.offset += came - at.overlap;
}

/** Steps back by half a page, so that a site that allows a single call at a time gets to the end as well. */
function stepBack(at: Position): void {
	at.isInDoubt ||= at.back > 0;
	at.offset -= at.back;
	at.back = 0;
}

/**
 * Whether so many entries are gone that no known one is left where the list goes on. Then it is read from its
 * beginning: once, unless a call has failed, as some sites may give no page twice.
 */
function hasMoved(at: Position, page: XmlElement[], seen: Set<string>): boolean {
	const isExpected = at.overlap > 0 && page.length > 0 && !at.isRestarted;
	const isUnknown = at.offset > 0 && !page.some((entry) => seen.has(entryKey(entry)));
	const isMoved = isUnknown && (at.isInDoubt || isExpected);
	at.isInDoubt = false;
	if (isMoved) Object.assign(at, { offset: 0, overlap: 0, isRestarted: true });
	return isMoved;
}

function isNew(entry: XmlElement, seen: Set<string>): boolean {
	const key = entryKey(entry);
	if (seen.has(key)) return false;
	seen.add(key);
	return true;
}

/**
 * Identifies an entry within its list, by id and not by content: counts and times may change
 * between pages. Revisions share their page's id, a file can share a page's id in search results,
 * and missing pages all have id 0.
 */
export function entryKey(entry: XmlElement): string {
	const id = attribute(entry, 'id') ?? textOf(entry, 'id') ?? '0';
	const rest = [attribute(entry, 'revision'), textOf(entry, 'uri')];
	return JSON.stringify(id === '0' ? entry : [id, ...rest]);
}
