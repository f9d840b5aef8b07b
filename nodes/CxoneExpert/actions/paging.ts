import type { XmlElement } from '../transport/xml';

/** Most that one call asks for: the vendor's own default for the subpages of a page. */
const LONGEST_PAGE = 100;

/**
 * The first `most` entries of a list that the site gives page by page. Not every list has a total,
 * so a page that is not full is the last one.
 *
 * @param fetch reads one page
 */
export async function paged(
	most: number,
	fetch: (limit: number, offset: number) => Promise<XmlElement[]>,
): Promise<XmlElement[]> {
	const all: XmlElement[] = [];
	while (all.length < most) {
		const limit = Math.min(LONGEST_PAGE, most - all.length);
		const page = await fetch(limit, all.length);
		all.push(...page);
		if (page.length < limit) break;
	}
	return all.slice(0, most);
}
