import { sleep } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { asExpertError, type ExpertError } from '../../api/expert-error';
import {
	findChangedPages,
	type FindQuery,
	listSubpages,
	listSubpagesResumably,
	type Period,
	WHOLE_SITE,
} from '../../api/pages';
import { untilAnswered } from '../../api/resumable';
import { apiTime, siteTime } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { cacheInMemory } from '../../memory';

const SECOND_MS = 1000;
/** Bytes of a response of `find`. n8n stands still while it is parsed: 15 to 30 ms for this many. */
const MAX_SLICE_BYTES = 256 * 1024;
/** Gives n8n time for deliveries before the next response is parsed. */
const PAUSE_MS = 50;
/** Of this many pages, twice as many fit into one response. */
const FEW_PAGES = 120;
/** Holds at least one full second, also where neither `since` nor `upto` is part of the period. */
const MIN_SLICE_MS = 2 * SECOND_MS;

/** Pages part by part, or why the site could not be asked: as with {@link Resumable}. */
type PageParts<T = void> = AsyncGenerator<ExpertError | XmlElement[], T, void>;

/**
 * The pages that were changed within a period or since, without the home page: it is not below itself.
 * Where `find` does not look at the whole tree, that is walked level by level. A page may come twice.
 *
 * @param site names the site, so that it is tried once
 */
export async function* changedPages(api: ApiClient, site: string, period: Period): PageParts {
	const reach = yield* untilAnswered(async () => await findReach(api, site));
	const isAll = reach === 'tree' && (yield* findInSlices(api, period));
	if (!isAll) yield* walk(api, period.since);
}

/**
 * Asks for the period slice by slice, from old to new: a page that is changed meanwhile comes with a later
 * one. The last one has no end, because what is changed after the period may have been changed within it.
 *
 * @returns whether these are all: `false` when a slice that cannot be any shorter is still too large
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
		// Both ends of a slice may be outside it.
		start = end - SECOND_MS;
		await sleep(PAUSE_MS);
	}
}

/**
 * Then these are all. What was changed after the call may be there although it was not when the site looked.
 *
 * @param asked time of the call
 */
function isUptoIgnored(pages: XmlElement[], upto: number, asked: number): boolean {
	const isAfter = (at = 0) => at > upto + 2 * SECOND_MS && at < asked;
	return pages.some((page) => isAfter(modifiedAt(page)));
}

/** Dates of the site have no fractions. */
function wholeSeconds(ms: number): number {
	return Math.max(MIN_SLICE_MS, Math.floor(ms / SECOND_MS) * SECOND_MS);
}

/** `undefined` when there are more than one response holds. */
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

/** Every page of the site: one call for each that has pages below it. */
async function* walk(api: ApiClient, since: number): PageParts {
	const seen = new Set<string>();
	const parents = ['home'];
	for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
		const listed = yield* listSubpagesResumably(api, parent);
		const pages = listed.filter((page) => !seen.has(idOf(page)));
		for (const page of pages) {
			seen.add(idOf(page));
			if (mayHaveSubpages(page)) parents.push(idOf(page));
		}
		yield pages.filter((page) => (modifiedAt(page) ?? Infinity) >= since);
	}
}

/** `find` gives every page below the home page, or only those directly below it. */
type FindReach = 'tree' | 'children';

/** By site. */
export const reaches = cacheInMemory<FindReach>();

/**
 * How deep `find` looks at a site. Nothing says so (docs/vendor-facts.md#reading-pages): the site is tried, once in a
 * process, with a page two levels down. Where `find` gives that page it looks at the whole tree.
 *
 * @param site names the site
 */
export async function findReach(api: ApiClient, site: string): Promise<FindReach> {
	const known = reaches.get(site);
	if (known !== undefined) return known;
	const probe = await pageTwoLevelsDown(api);
	// Nothing is deeper than `find` looks in any case, for now.
	if (probe === undefined) return 'tree';
	const reach = await tryFind(api, probe);
	if (reach === undefined) return 'children';
	reaches.set(site, reach);
	return reach;
}

/** `undefined` when no page of the site has a page above it but the home page. */
async function pageTwoLevelsDown(api: ApiClient): Promise<XmlElement | undefined> {
	const top = await listSubpages(api, 'home');
	for (const parent of top.filter(mayHaveSubpages)) {
		const [page] = await listSubpages(api, idOf(parent));
		if (page !== undefined) return page;
	}
	return undefined;
}

/**
 * Asks for the second in which the page was changed, and one more at either side. `undefined` when nobody
 * can tell: the site has not given all that it has found, or does not say when the page was changed.
 */
async function tryFind(api: ApiClient, page: XmlElement): Promise<FindReach | undefined> {
	const modified = modifiedAt(page);
	if (modified === undefined) return undefined;
	const period = { since: apiTime(modified - 1000), upto: apiTime(modified + 1000) };
	const { pages, isComplete } = await findChangedPages(api, { ...WHOLE_SITE, ...period });
	if (pages.some((each) => idOf(each) === idOf(page))) return 'tree';
	return isComplete ? 'children' : undefined;
}

function mayHaveSubpages(page: XmlElement): boolean {
	return attribute(page, 'subpages') !== 'false';
}

export function modifiedAt(page: XmlElement): number | undefined {
	return siteTime(textOf(page, 'date.modified'));
}

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}
