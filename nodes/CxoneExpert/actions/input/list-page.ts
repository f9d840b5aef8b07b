import { readPages } from '../../api/pagination';
import type { XmlElement } from '../../api/xml';

/**
 * The first `most` entries of a list that the site gives page by page.
 *
 * @param fetch reads one page; throws what did not work
 */
export async function paged(
	most: number,
	fetch: (limit: number, offset: number) => Promise<XmlElement[]>,
): Promise<XmlElement[]> {
	const all = await readPages<XmlElement, never>(
		most,
		async (limit, offset) => ({ ok: true, value: await fetch(limit, offset) }),
		(entry) => [entry],
	);
	return all.value;
}
