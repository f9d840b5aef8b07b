import type { ApiClient } from '../api/client';
import { findChangedPages, listSubpages, WHOLE_SITE } from '../api/pages';
import { apiTime, siteTime } from '../api/time';
import { attribute, textOf, type XmlElement } from '../api/xml';
import { cacheInMemory } from '../shared/per-node';

/*
 * Nothing says how deep `find` looks below a page (docs/vendor-facts.md#reading-pages). So the site is
 * tried once, with a page two levels down: where `find` gives that page it looks at the whole tree.
 */

/** `find` gives every page below the home page, or only those directly below it. */
type FindReach = 'tree' | 'children';

/** By site. */
export const reaches = cacheInMemory<FindReach>();

/**
 * How deep `find` looks at a site, tried once in a process.
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
	const { pages, total } = await findChangedPages(api, { ...WHOLE_SITE, ...period });
	if (pages.some((each) => idOf(each) === idOf(page))) return 'tree';
	return total > pages.length ? undefined : 'children';
}

export function mayHaveSubpages(page: XmlElement): boolean {
	return attribute(page, 'subpages') !== 'false';
}

export function modifiedAt(page: XmlElement): number | undefined {
	return siteTime(textOf(page, 'date.modified'));
}

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}
