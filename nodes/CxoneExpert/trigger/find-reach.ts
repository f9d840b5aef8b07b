import type { ApiClient } from '../api/client';
import { findChangedPages, listSubpages, WHOLE_SITE } from '../api/change-lists';
import { type Result, success } from '../api/result';
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
export async function findReach(api: ApiClient, site: string): Promise<Result<FindReach>> {
	const known = reaches.get(site);
	if (known !== undefined) return success(known);
	const probe = await pageTwoLevelsDown(api);
	if (!probe.ok) return probe;
	// Nothing is deeper than `find` looks in any case, for now.
	if (probe.value === undefined) return success('tree');
	const reach = await tryFind(api, probe.value);
	if (!reach.ok) return reach;
	if (reach.value === undefined) return success('children');
	reaches.set(site, reach.value);
	return success(reach.value);
}

/** `undefined` when no page of the site has a page above it but the home page. */
async function pageTwoLevelsDown(api: ApiClient): Promise<Result<XmlElement | undefined>> {
	const top = await listSubpages(api, 'home');
	if (!top.ok) return top;
	for (const parent of top.value.filter(mayHaveSubpages)) {
		const below = await listSubpages(api, idOf(parent));
		if (!below.ok) return below;
		const [page] = below.value;
		if (page !== undefined) return success(page);
	}
	return success(undefined);
}

/**
 * Asks for the second in which the page was changed, and one more at either side. `undefined` when nobody
 * can tell: the site has not given all that it has found, or does not say when the page was changed.
 */
async function tryFind(api: ApiClient, page: XmlElement): Promise<Result<FindReach | undefined>> {
	const modified = modifiedAt(page);
	if (modified === undefined) return success(undefined);
	const period = { since: apiTime(modified - 1000), upto: apiTime(modified + 1000) };
	const found = await findChangedPages(api, { ...WHOLE_SITE, ...period });
	if (!found.ok) return found;
	const { pages, total } = found.value;
	if (pages.some((each) => idOf(each) === idOf(page))) return success('tree');
	return success(total > pages.length ? undefined : 'children');
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
