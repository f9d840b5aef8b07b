import type { ApiClient } from '../../api/client';
import { findChangedPages, listSubpages, WHOLE_SITE } from '../../api/change-lists';
import { type Result, success } from '../../api/result';
import { apiTime } from '../../api/time';
import { attribute, type XmlElement } from '../../api/xml';
import { findReach, mayHaveSubpages, modifiedAt } from '../find-reach';

/**
 * The pages that were changed at this time or later, without the home page: it is not below itself. Where
 * `find` does not look at the whole tree, that is walked level by level.
 *
 * @param site names the site, so that it is tried once
 * @param since unix ms
 */
export async function changedPages(
	api: ApiClient,
	site: string,
	since: number,
): Promise<Result<XmlElement[]>> {
	const found = await findChangedPages(api, { ...WHOLE_SITE, since: apiTime(since) });
	if (!found.ok) return found;
	const { pages, total } = found.value;
	// Nothing says how to ask for the rest.
	if (total > pages.length) return await walk(api, since);
	const reach = await findReach(api, site);
	if (!reach.ok) return reach;
	return reach.value === 'tree' ? success(pages) : await walk(api, since);
}

/** Every page of the site: one call for each that has pages below it. */
async function walk(api: ApiClient, since: number): Promise<Result<XmlElement[]>> {
	const changed: XmlElement[] = [];
	const seen = new Set<string>();
	const parents = ['home'];
	for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
		const listed = await listSubpages(api, parent);
		if (!listed.ok) return listed;
		for (const page of listed.value.filter((each) => !seen.has(idOf(each)))) {
			seen.add(idOf(page));
			if (mayHaveSubpages(page)) parents.push(idOf(page));
			if ((modifiedAt(page) ?? Infinity) >= since) changed.push(page);
		}
	}
	return success(changed);
}

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}
