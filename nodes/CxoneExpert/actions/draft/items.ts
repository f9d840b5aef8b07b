import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { numberOf, pagePath } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';

/**
 * A draft as an item. `state` is `active` beside a published page, `unpublished` when the page is a
 * draft only, and `inactive` when there is no draft (any more). `url` shows the draft, not the page.
 */
export function draftItem(draft: XmlElement): IDataObject {
	return compact({
		id: attribute(draft, 'id'),
		path: pagePath(draft),
		title: textOf(draft, 'title'),
		url: textOf(draft, 'uri.ui'),
		state: attribute(draft, 'state'),
		revision: numberOf(attribute(draft, 'revision')),
		createdAt: textOf(draft, 'date.created'),
		editedAt: textOf(draft, 'date.edited'),
		modifiedAt: textOf(draft, 'date.modified'),
	});
}
