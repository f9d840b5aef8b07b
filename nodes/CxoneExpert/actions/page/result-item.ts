import type { IDataObject } from 'n8n-workflow';

import { pagePath } from '../../api/elements';
import { compact } from '../../api/compact';
import { child, children, textOf, type XmlElement } from '../../api/xml';

/** What the search found, under the names that a page has elsewhere. */
export function resultItem(result: XmlElement): IDataObject {
	const page = child(result, 'page');
	const author = textOf(result, 'author');
	return compact({
		id: textOf(result, 'id'),
		title: textOf(result, 'title'),
		url: textOf(result, 'uri'),
		path: page && pagePath(page),
		type: textOf(result, 'type'),
		author: author === undefined ? undefined : { name: author },
		preview: textOf(result, 'preview'),
		modifiedAt: textOf(result, 'date.modified'),
		tags: children(result, 'tag').flatMap((tag) => textOf(tag) ?? []),
		rank: decimalOf(textOf(result, 'rank')),
	});
}

function decimalOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
