import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { numberOf, pagePath, pageUrl } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';

/**
 * A draft as an item. `state` is `active` beside a published page, `unpublished` when the page is a
 * draft only, and `inactive` when there is no draft (any more). `url` shows the draft
 * where there is one, else the page.
 */
export function draftItem(draft: XmlElement): IDataObject {
	const state = attribute(draft, 'state');
	const url = pageUrl(draft);
	return compact({
		id: attribute(draft, 'id'),
		title: textOf(draft, 'title'),
		path: pagePath(draft),
		url: state === 'inactive' ? url?.replace(DRAFT_QUERY, '$1') : url,
		state,
		revision: numberOf(attribute(draft, 'revision')),
		createdAt: textOf(draft, 'date.created'),
		editedAt: textOf(draft, 'date.edited'),
		modifiedAt: textOf(draft, 'date.modified'),
	});
}

/** What an address of a draft has beyond that of the page; other parts of the query stay. */
const DRAFT_QUERY = /[?&]mt-draft=true(?=#|$)|([?&])mt-draft=true&/i;
