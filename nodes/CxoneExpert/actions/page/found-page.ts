import { attribute, type XmlElement } from '../../transport/xml';
import type { OperationRun } from '../run';

/** GET /pages/{id}/info of the page that the field "Page" names; says so when there is none. */
export async function foundPage(run: OperationRun): Promise<XmlElement> {
	const { key, words } = run.page();
	const call = { method: 'GET', path: `/pages/${key}/info`, doing: `look up ${words}` } as const;
	return refuseVirtual(run, await run.expert.read(call, 'page'), words);
}

/** A path without a page can be answered 200 with an empty page that is marked `virtual`. */
export function refuseVirtual(run: OperationRun, page: XmlElement, words: string): XmlElement {
	if (attribute(page, 'virtual') !== 'true') return page;
	return run.expert.refuse({
		message: `There is no ${words}`,
		description:
			'It may have been moved, renamed or deleted. Check the path: upper and lower case do not matter, every part of it does.',
	});
}
