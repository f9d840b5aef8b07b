import type { XmlElement } from '../transport/xml';

/** Most entries that one call asks for. */
const PAGE_SIZE = 100;

/**
 * Reads a list page by page until there is enough, or a page is not full.
 *
 * @param most how many are wanted; `Infinity` for all
 */
export async function paged(
	most: number,
	fetch: (limit: number, offset: number) => Promise<XmlElement[]>,
): Promise<XmlElement[]> {
	const all: XmlElement[] = [];
	while (all.length < most) {
		const limit = Math.min(PAGE_SIZE, most - all.length);
		const page = await fetch(limit, all.length);
		all.push(...page);
		if (page.length < limit) break;
	}
	return all.slice(0, most);
}
