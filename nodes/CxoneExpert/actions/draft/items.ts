import { compact, draftState, revisionOf } from '../../api/elements';
import { namesOf } from '../../api/page-fields';
import { attribute, textOf, type XmlElement } from '../../api/xml';

/**
 * `state` is `active` beside a published page, `unpublished` for a page that is a draft only, `inactive`
 * without a draft. `url` shows the draft if there is one, else the page.
 */
export function draftItem(draft: XmlElement) {
	const state = attribute(draft, 'state') ?? draftState(draft);
	const names = namesOf(draft);
	return compact({
		...names,
		url: state === 'inactive' ? names.url?.replace(DRAFT_QUERY, '$1') : names.url,
		state,
		revision: revisionOf(draft),
		createdAt: textOf(draft, 'date.created'),
		editedAt: textOf(draft, 'date.edited'),
		modifiedAt: textOf(draft, 'date.modified'),
	});
}

/** The part of an address that shows the draft; the rest of the query stays. */
const DRAFT_QUERY = /[?&]mt-draft=true(?=#|$)|([?&])mt-draft=true&/i;
