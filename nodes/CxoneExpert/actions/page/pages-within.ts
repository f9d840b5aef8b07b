import { apiTime, siteTime } from '../../api/elements';
import type { ExpertSite } from '../../api/expert-site';
import { findChangedPages, type Period } from '../../api/pages';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { onlyEntered } from '../../parameters/field';
import { noPage } from '../find-page';
import type { PageReference } from '../page-reference';

/** Limits the calls for one item, each of which gives up to 1,000 pages. */
const MAX_FIND_CALLS = 100;

/**
 * Halves a period with more pages than one call gives, and reads the older half first: a page that is changed
 * meanwhile appears in the newer one.
 *
 * @returns `isComplete: false` if the site has more pages than it gives: what is missing here may still exist
 */
export async function pagesWithin(
	site: ExpertSite,
	reference: PageReference,
	period: Period,
	tags: string[],
): Promise<{ pages: XmlElement[]; isComplete: boolean }> {
	const found = new Map<string | undefined, XmlElement>();
	const periods = [period];
	let isAll = true;
	for (let calls = 1; periods.length > 0; calls++) {
		const next = periods.pop()!;
		const { pages, isComplete } = await findWithin(site, reference, next, tags);
		for (const page of pages) found.set(attribute(page, 'id'), page);
		if (isComplete) continue;
		const halves = calls + periods.length < MAX_FIND_CALLS ? halvesOf(next, pages, site) : [];
		isAll &&= halves.length > 0;
		periods.push(...halves);
	}
	return { pages: [...found.values()], isComplete: isAll };
}

/**
 * Returns the newer half first. Both contain the second in the middle, the median of the pages so far; a single
 * second has no halves.
 */
function halvesOf({ since, until }: Period, pages: XmlElement[], site: ExpertSite): Period[] {
	const end = Math.min(until, site.siteTime ?? Date.now());
	const times = pages.flatMap((page) => siteTime(textOf(page, 'date.modified')) ?? []);
	const median = times.sort((a, b) => a - b)[times.length >> 1] ?? since;
	const isWithin = median > since && median < end;
	const middle = isWithin ? median : Math.floor((since + end) / 2000) * 1000;
	if (middle <= since) return [];
	return [
		{ since: middle, until },
		{ since, until: middle },
	];
}

async function findWithin(site: ExpertSite, reference: PageReference, { since, until }: Period, tags: string[]) {
	return await findChangedPages(site, {
		messages: { 404: noPage(reference) },
		below: reference.key,
		label: reference.label,
		since: apiTime(since),
		...(until === Infinity ? {} : { upto: apiTime(until) }),
		...onlyEntered({ tags: tags.join(',') }),
	});
}
