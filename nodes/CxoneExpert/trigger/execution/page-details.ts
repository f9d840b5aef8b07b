import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { type DraftState, draftState, numberOf, pagePath, pageUrl } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { tagNames, userOf } from '../../shared/page-fields';

/** What the site says of a page, under the names of the trigger's item and of Page: Get. */
export interface PageDetails {
	id?: string;
	path?: string;
	title?: string;
	url?: string;
	/** Who wrote the newest text. */
	author?: IDataObject;
	tags?: string[];
	language?: string;
	draftState?: DraftState;
	revision?: number;
	deletedAt?: string;
	deletedBy?: IDataObject;
}

/** @param page the response to GET /pages/{id} */
export function pageDetails(page: XmlElement): PageDetails {
	const state = draftState(page);
	const tags = tagNames(child(page, 'tags'));
	return compact({
		id: attribute(page, 'id'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		url: pageUrl(page),
		author: userOf(child(page, 'user.author')),
		// The tags of a draft are kept with the draft, and are not in this response.
		tags: state === 'unpublished' && tags?.length === 0 ? undefined : tags,
		language: textOf(page, 'language'),
		draftState: state,
		// A page that is a draft only has revision 0: it has none.
		revision: numberOf(attribute(page, 'revision')) || undefined,
	});
}
