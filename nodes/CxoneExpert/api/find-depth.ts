import { SECOND_MS } from '../durations';
import { cacheInMemory } from '../memory';
import type { ApiClient } from './client';
import { apiTime, idOf, modifiedAt } from './elements';
import { undefinedIfFailed } from './expert-error';
import { findChangedPages, firstSubpages, WHOLE_SITE } from './pages';
import { attribute, type XmlElement } from './xml';

/*
 * A search for changes is taken to see the whole tree, which is likely but not documented: docs/vendor-facts.md#reading-pages.
 * Where a site shows that it does not, people are told.
 */

const FIRST_LEVEL_ONLY =
	'Pages below the first level are not searched for: this site lists changes of the pages directly below the home page only. Changes further down start a workflow only if Expert delivers their events.';

/** Origins of the sites that were seen to search the whole tree. */
const deepSites = cacheInMemory<true>();

/**
 * What `find` misses at a site, for people; `undefined` if nothing, or if nobody can tell. Makes three calls at most,
 * until the site was seen to search the whole tree.
 *
 * @param site its origin
 */
export async function missedByFind(api: ApiClient, site: string): Promise<string | undefined> {
	if (deepSites.get(site)) return undefined;
	const isDeep = await undefinedIfFailed(findsDeepPage(api));
	if (isDeep) deepSites.set(site, true);
	return isDeep === false ? FIRST_LEVEL_ONLY : undefined;
}

/** Searches for one page of the second level; `undefined` if the user of the token sees none, or pages were cut off. */
async function findsDeepPage(api: ApiClient): Promise<boolean | undefined> {
	const parent = (await firstSubpages(api, 'home')).find((page) => attribute(page, 'subpages') !== 'false');
	if (parent === undefined) return undefined;
	const page = longestUnchanged(await firstSubpages(api, idOf(parent) ?? ''));
	if (page === undefined) return undefined;
	const modified = modifiedAt(page)!;
	const period = { since: apiTime(modified - SECOND_MS), upto: apiTime(modified + SECOND_MS) };
	const { pages, isComplete } = await findChangedPages(api, { ...WHOLE_SITE, ...period });
	if (pages.some((each) => idOf(each) === idOf(page))) return true;
	return isComplete ? false : undefined;
}

/** The list of changes can be late. */
function longestUnchanged(pages: XmlElement[]): XmlElement | undefined {
	const dated = pages.filter((page) => modifiedAt(page) !== undefined);
	return dated.sort((a, b) => modifiedAt(a)! - modifiedAt(b)!)[0];
}
