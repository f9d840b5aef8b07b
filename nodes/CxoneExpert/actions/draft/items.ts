import { compact, draftState, pagePath, pageUrl, revisionOf } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';

/**
 * A draft, or the page that is left without one. `state` is `active` beside a published page, `unpublished` for a
 * page that is a draft only, and `inactive` without a draft. `url` shows the draft if there is one, else the page.
 */
export function draftItem(draft: XmlElement) {
	const state = attribute(draft, 'state') ?? draftState(draft);
	const url = pageUrl(draft);
	return compact({
		id: attribute(draft, 'id'),
		title: textOf(draft, 'title'),
		path: pagePath(draft),
		url: state === 'inactive' ? url?.replace(DRAFT_QUERY, '$1') : url,
		state,
		revision: revisionOf(draft),
		createdAt: textOf(draft, 'date.created'),
		editedAt: textOf(draft, 'date.edited'),
		modifiedAt: textOf(draft, 'date.modified'),
	});
}

/** What the address of a draft has beyond that of its page; the rest of the query stays. */
const DRAFT_QUERY = /[?&]mt-draft=true(?=#|$)|([?&])mt-draft=true&/i;
