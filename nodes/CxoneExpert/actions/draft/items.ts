import { booleanOf, compact, draftState, revisionOf } from '../../api/elements';
import { namesOf, tagNames, userOf } from '../../api/page-fields';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';

/** A draft, or the page that is left of one. */
export function draftItem(draft: XmlElement) {
	return compact({
		...draftNames(draft),
		state: stateOf(draft),
		revision: revisionOf(draft),
		createdAt: textOf(draft, 'date.created'),
		editedAt: textOf(draft, 'date.edited'),
		modifiedAt: textOf(draft, 'date.modified'),
	});
}

/** @param created whether there was none before */
export function savedDraftItem(draft: XmlElement, created: boolean) {
	const { state, revision, ...names } = draftItem(draft);
	return compact({ ...names, state, created, revision });
}

/** @param page an entry of the list of drafts */
export function listedDraftItem(page: XmlElement) {
	const draft = draftIn(page);
	return compact({
		...draftNames(draft),
		state: stateOf(draft),
		canPublish: booleanOf(attribute(draft, 'publish')),
		canDeactivate: booleanOf(attribute(draft, 'deactivate')),
		createdAt: textOf(draft, 'date.created'),
		modifiedAt: changedAt(page),
		createdBy: userOf(child(draft, 'user.createdby')),
		author: userOf(child(draft, 'user.author')),
		tags: tagNames(child(draft, 'tags')),
	});
}

/** An entry of the list says some things of a draft in the draft, others in the page around it. */
function draftIn(page: XmlElement): XmlElement {
	return { ...page, ...child(page, 'draft') };
}

export function changedAt(page: XmlElement): string | undefined {
	const draft = draftIn(page);
	return textOf(draft, 'date.modified') ?? textOf(draft, 'date.edited');
}

/** `url` is where readers find the page, once it is published; `draftUrl` shows the draft to its authors. */
export function draftNames(draft: XmlElement) {
	const names = namesOf(draft);
	const url = names.url?.replace(DRAFT_QUERY, '$1');
	return {
		...names,
		url,
		draftUrl: stateOf(draft) === 'inactive' ? undefined : draftUrlOf(url),
	};
}

function draftUrlOf(url: string | undefined): string | undefined {
	if (url === undefined || !URL.canParse(url)) return undefined;
	const address = new URL(url);
	address.search += `${address.search === '' ? '?' : '&'}mt-draft=true`;
	return address.href;
}

/** `active` beside a published page, `unpublished` for a page that is a draft only, `inactive` without a draft. */
function stateOf(draft: XmlElement): string | undefined {
	return attribute(draft, 'state') ?? draftState(draft);
}

/** The part of an address that shows the draft; the rest of the query stays. */
const DRAFT_QUERY = /[?&]mt-draft=true(?=#|$)|([?&])mt-draft=true&/i;
