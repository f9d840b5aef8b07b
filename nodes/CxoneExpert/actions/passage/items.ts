import { compact } from '../../api/elements';
import { child, textOf, type XmlElement } from '../../api/xml';
import { namesOf } from '../../api/page-fields';
import { seenText } from '../markdown/left-out';
import { decimalOf } from '../page/items';

/** A passage of a file can come without a page. */
export function passageItem(kernel: XmlElement) {
	const page = child(kernel, 'page');
	return compact({
		score: decimalOf(textOf(kernel, 'score')),
		text: seenText(textOf(kernel, 'chunk'))?.replace(/\s+/g, ' '),
		page: page && compact({ ...namesOf(page), language: textOf(page, 'language') }),
	});
}
