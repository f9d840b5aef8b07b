import { readPages } from '../../api/pagination';
import { success } from '../../api/result';
import type { XmlElement } from '../../api/xml';

/**
 * The first `max` entries of a list that the site gives page by page.
 *
 * @param fetch reads one page; throws when the site does not give it
 */
export async function readList(
	max: number,
	fetch: (limit: number, offset: number) => Promise<XmlElement[]>,
): Promise<XmlElement[]> {
	const all = await readPages<XmlElement, never>(
		max,
		async (limit, offset) => success(await fetch(limit, offset)),
		(entry) => [entry],
	);
	return all.value;
}
