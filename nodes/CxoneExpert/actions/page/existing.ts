import { attribute, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation-context';

/** A path without a page can be answered 200 with an empty page, which would pass for a real one. */
export function existing(run: OperationContext, page: XmlElement, label: string): XmlElement {
	if (attribute(page, 'virtual') !== 'true') return page;
	return run.site.refuse({
		message: `There is no ${label}`,
		description:
			'It may have been moved, renamed or deleted. Check the path: upper and lower case do not matter, every part of it does.',
	});
}
