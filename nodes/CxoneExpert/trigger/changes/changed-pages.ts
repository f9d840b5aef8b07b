import { sleep } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { asExpertError, ExpertError, undefinedIfNotFound } from '../../api/expert-error';
import {
	findChangedPages,
	type FindQuery,
	listSubpages,
	listSubpagesResumably,
	type Period,
	readPage,
	WHOLE_SITE,
} from '../../api/pages';
import { pageKey } from '../../api/path-segment';
import { type Resumable, untilAnswered } from '../../api/resumable';
import { apiTime, siteTime } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { cacheInMemory } from '../../memory';

const SECOND_MS = 1000;
/** Response bytes of one `find`. Parsing this many blocks n8n for 15 to 30 ms. */
const MAX_SLICE_BYTES = 256 * 1024;
/** Lets n8n handle deliveries before the next response is parsed. */
const PAUSE_MS = 50;
/** Twice as many pages as this still fit into one response. */
const FEW_PAGES = 120;
/** Contains at least one full second, even if the site excludes both `since` and `upto`. */
const MIN_SLICE_MS = 2 * SECOND_MS;

/** Pages in parts, or the error of a failed call: as with {@link Resumable}. */
type PageParts<T = void> = AsyncGenerator<ExpertError | XmlElement[], T, void>;

/**
 * Yields pages changed in or after the period, some twice, but never the home page. Walks the tree
 * level by level where `find` does not search all of it.
 */
export async function* changedPages(api: ApiClient, site: string, period: Period, branches: string[] = []): PageParts {
	const reach = yield* untilAnswered(async () => await findReach(api, site));
	const isAll = reach !== 'children' && (yield* findInSlices(api, period));
	if (!isAll) yield* walk(api, period.since, branches);
}

/**
 * Searches slice by slice, oldest first: pages that change meanwhile move to a later one. The last
 * has no end, as a page changed after the period may also have changed within it.
 *
 * @returns `false` if even the shortest slice is too large
 */
async function* findInSlices(api: ApiClient, { since, until }: Period): PageParts<boolean> {
	const ahead = until - performance.now();
	let [start, length] = [since, Infinity];
	for (;;) {
		const now = performance.now() + ahead;
		const end = start + wholeSeconds(length);
		const isShortest = end - start <= MIN_SLICE_MS;
		const query = {
			...{ ...WHOLE_SITE, since: apiTime(start) },
			...(end < now ? { upto: apiTime(end) } : {}),
			...(isShortest ? {} : { maxBytes: MAX_SLICE_BYTES }),
		};
		const pages = yield* untilAnswered(async () => await findSlice(api, query));
		if (pages === undefined) {
			if (isShortest) return false;
			length = (Math.min(end, now) - start) / 2;
			continue;
		}
		yield pages;
		if (end >= now || isUptoIgnored(pages, end, now)) return true;
		if (pages.length <= FEW_PAGES) length *= 2;
		// The site may exclude both ends of a slice.
		start = end - SECOND_MS;
		await sleep(PAUSE_MS);
	}
}

/** Changes made since the call prove nothing. @param asked time of the call */
function isUptoIgnored(pages: XmlElement[], upto: number, asked: number): boolean {
	const isAfter = (at = 0) => at > upto + 2 * SECOND_MS && at < asked;
	return pages.some((page) => isAfter(modifiedAt(page)));
}

/** The site's dates have no fractions. */
function wholeSeconds(ms: number): number {
	return Math.max(MIN_SLICE_MS, Math.floor(ms / SECOND_MS) * SECOND_MS);
}

/** Returns `undefined` if the pages do not fit into one response. */
async function findSlice(api: ApiClient, query: FindQuery): Promise<XmlElement[] | undefined> {
	try {
		const { pages, isComplete } = await findChangedPages(api, query);
		return isComplete ? pages : undefined;
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (error.kind === 'too-large') return undefined;
		throw error;
	}
}

/** Walks branches, or the whole site: one call for each page with subpages. */
async function* walk(api: ApiClient, since: number, branches: string[]): PageParts {
	const seen = new Set<string>();
	const roots = yield* branchRoots(api, branches);
	const isChanged = (page: XmlElement) => (modifiedAt(page) ?? Infinity) >= since;
	yield roots.filter(isChanged);
	const parents = branches.length === 0 ? ['home'] : roots.map(idOfPage);
	for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
		const listed = yield* listSubpagesResumably(api, parent);
		const pages = listed.filter((page) => !seen.has(idOfPage(page)));
		for (const page of pages) {
			seen.add(idOfPage(page));
			if (mayHaveSubpages(page)) parents.push(idOfPage(page));
		}
		yield pages.filter(isChanged);
	}
}

/** All pages of the branches; `undefined` where `find` searches the whole tree. */
export async function pagesByWalk(api: ApiClient, site: string, branches: string[]): Promise<XmlElement[] | undefined> {
	if (branches.length === 0 || (await findReach(api, site)) !== 'children') return undefined;
	const pages: XmlElement[] = [];
	for await (const part of walk(api, -Infinity, branches)) {
		if (part instanceof ExpertError) throw part;
		pages.push(...part);
	}
	return pages;
}

/** A branch without a page is empty. */
async function* branchRoots(api: ApiClient, branches: string[]): Resumable<XmlElement[]> {
	const roots: XmlElement[] = [];
	for (const path of branches) {
		const read = async () => await undefinedIfNotFound(readPage(api, pageKey(path), `page "${path}"`));
		const page = yield* untilAnswered(read);
		if (page !== undefined) roots.push(page);
	}
	return roots;
}

/** `flat`: the user of the token sees no page two levels down, so nobody can tell yet. */
type FindReach = 'tree' | 'children' | 'flat';

export const reaches = cacheInMemory<FindReach>();

/**
 * Finds out, once per process and site, whether `find` returns the whole tree or only children: it
 * is not documented (docs/vendor-facts.md#reading-pages), so search a page two levels down.
 */
export async function findReach(api: ApiClient, site: string): Promise<FindReach> {
	const known = reaches.get(site);
	if (known !== undefined) return known;
	const probe = await pageTwoLevelsDown(api);
	if (probe === undefined) return 'flat';
	const reach = await tryFind(api, probe);
	if (reach === undefined) return 'children';
	reaches.set(site, reach);
	return reach;
}

async function pageTwoLevelsDown(api: ApiClient): Promise<XmlElement | undefined> {
	const top = await listSubpages(api, 'home');
	for (const parent of top.filter(mayHaveSubpages)) {
		const [page] = await listSubpages(api, idOfPage(parent));
		if (page !== undefined) return page;
	}
	return undefined;
}

/**
 * Searches the second of the change and one on either side. Returns `undefined` if inconclusive:
 * pages were cut off, or the page has no date.
 */
async function tryFind(api: ApiClient, page: XmlElement): Promise<FindReach | undefined> {
	const modified = modifiedAt(page);
	if (modified === undefined) return undefined;
	const period = { since: apiTime(modified - 1000), upto: apiTime(modified + 1000) };
	const { pages, isComplete } = await findChangedPages(api, { ...WHOLE_SITE, ...period });
	if (pages.some((each) => idOfPage(each) === idOfPage(page))) return 'tree';
	return isComplete ? 'children' : undefined;
}

function mayHaveSubpages(page: XmlElement): boolean {
	return attribute(page, 'subpages') !== 'false';
}

export function modifiedAt(page: XmlElement): number | undefined {
	return siteTime(textOf(page, 'date.modified'));
}

export function idOfPage(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}
