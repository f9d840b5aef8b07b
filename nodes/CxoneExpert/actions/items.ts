import type { IDataObject } from 'n8n-workflow';

import { compact, draftState, numberOf, pagePath, pageUrl } from '../api/elements';
import { hasNoReason, type Webhook } from '../api/webhooks';
import { attribute, child, children, textOf, type XmlElement } from '../api/xml';
import { canonicalEventName } from '../api/event-types';
import { tagNames, userOf } from '../api/page-fields';
import type { PageReference } from './page-reference';

/*
 * What "Simplify" gives: at most a dozen fields, those that people use, the same ones first everywhere. IDs
 * are text, revisions are numbers, tags are a list, and what the response does not have is absent. The
 * fields have the names of the trigger's `page` where both have them.
 */

/** A page as an item; of one in the archive, when it was deleted takes the place of when it was edited. */
export function pageItem(page: XmlElement): IDataObject {
	const isDeleted = attribute(page, 'deleted') === 'true';
	return compact({
		...namesOf(page),
		summary: textOf(page, 'summary'),
		tags: tagNames(child(page, 'tags')),
		revision: revisionOf(page),
		author: userOf(child(page, 'user.author')),
		...situationOf(page),
		...(isDeleted ? deletionOf(page) : timesOf(page)),
	});
}

/*
 * Responses to calls that write have little of a page (docs/vendor-facts.md#writing-pages): the items have
 * that, and no second call is made for the rest.
 */

/** A page that was moved to the archive. */
export function deletedPageItem(page: XmlElement) {
	return compact({ ...namesOf(page), ...deletionOf(page) });
}

/** A page that was moved, or a copy. */
export function placedPageItem(page: XmlElement) {
	return compact({ ...namesOf(page), createdAt: textOf(page, 'date.created') });
}

/**
 * A page that was saved or restored.
 *
 * @param created whether the page is new; `undefined` when the site does not say
 */
export function savedPageItem(page: XmlElement, created?: boolean) {
	return compact({
		...namesOf(page),
		revision: revisionOf(page),
		createdAt: textOf(page, 'date.created'),
		created,
	});
}

/** A page in the list of those directly below another one. */
export function subpageItem(subpage: XmlElement) {
	return compact({
		...namesOf(subpage),
		article: textOf(subpage, 'article'),
		revision: revisionOf(subpage),
		createdAt: textOf(subpage, 'date.created'),
		modifiedAt: textOf(subpage, 'date.modified'),
		hasSubpages: booleanOf(attribute(subpage, 'subpages')),
		fileCount: numberOf(attribute(subpage, 'files')),
	});
}

/** One saved version of a page: the page with the number, date and author of that version. */
export function revisionItem(revision: XmlElement) {
	return compact({
		...namesOf(revision),
		revision: revisionOf(revision),
		description: textOf(revision, 'description'),
		author: userOf(child(revision, 'user.author')),
		...timesOf(revision),
	});
}

/** One saved version among what was changed: also as its page is now. */
export function changedRevisionItem(revision: XmlElement) {
	return compact({ ...revisionItem(revision), ...situationOf(revision) });
}

/** A page among those that were changed: the site names no author, and the time of any change. */
export function changedPageItem(page: XmlElement) {
	return compact({
		...namesOf(page),
		tags: tagNames(child(page, 'tags')),
		...situationOf(page),
		modifiedAt: textOf(page, 'date.modified'),
		createdAt: textOf(page, 'date.created'),
	});
}

/** What a page is called, and where it is. */
export function namesOf(page: XmlElement) {
	return {
		id: attribute(page, 'id'),
		title: textOf(page, 'title'),
		path: pagePath(page),
		url: pageUrl(page),
	};
}

/** As in the trigger's `page`. */
function situationOf(page: XmlElement) {
	return { language: textOf(page, 'language'), draftState: draftState(page) };
}

function deletionOf(page: XmlElement) {
	return { deletedAt: textOf(page, 'date.deleted'), deleted: true };
}

function timesOf(page: XmlElement) {
	return { editedAt: textOf(page, 'date.edited'), createdAt: textOf(page, 'date.created') };
}

function revisionOf(element: XmlElement): number | undefined {
	return numberOf(attribute(element, 'revision'));
}

function booleanOf(text: string | undefined): boolean | undefined {
	return text === undefined ? undefined : text.toLowerCase() === 'true';
}

/** A search result, under the names that a page has elsewhere. */
export function resultItem(result: XmlElement) {
	const page = child(result, 'page');
	const author = textOf(result, 'author');
	return compact({
		id: textOf(result, 'id'),
		title: textOf(result, 'title'),
		path: page && pagePath(page),
		url: textOf(result, 'uri'),
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

/**
 * Which page something belongs to, so that the next node finds it: as it was asked for, and with the ID
 * that the addresses in responses tell.
 */
export function pageOf({ key, path }: PageReference, ...responses: XmlElement[]) {
	const ids = responses.flatMap(
		(response) => /\/pages\/(\d+)\//.exec(attribute(response, 'href') ?? '')?.[1] ?? [],
	);
	const id = /^\d+$/.test(key) ? key : ids[0];
	return compact({ id, path: key === 'home' ? '' : path });
}

/**
 * A draft, or the page that is left without one, as an item. `state` is `active` beside a published page,
 * `unpublished` when the page is a draft only, and `inactive` when there is no draft (any more). `url` shows
 * the draft where there is one, else the page.
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

/** What an address of a draft has beyond that of the page; other parts of the query stay. */
const DRAFT_QUERY = /[?&]mt-draft=true(?=#|$)|([?&])mt-draft=true&/i;

/** A file as an item. `url` gives its content to users who may see it. */
export function fileItem(file: XmlElement) {
	const [contents, page] = [child(file, 'contents'), child(file, 'page.parent')];
	return compact({
		id: attribute(file, 'id'),
		name: textOf(file, 'filename'),
		page: page && compact({ id: attribute(page, 'id'), path: pagePath(page) }),
		url: attribute(contents, 'href'),
		type: attribute(contents, 'type'),
		size: numberOf(attribute(contents, 'size')),
		revision: revisionOf(file),
		description: textOf(file, 'description'),
		altText: textOf(file, 'alt-text'),
		modifiedAt: textOf(file, 'date.last-modified'),
	});
}

/** A file that was deleted: what tells it from others in the archive. */
export function deletedFileItem(file: XmlElement) {
	const { id, name, page } = fileItem(file);
	return { ...compact({ id, name, page }), deleted: true };
}

/**
 * A user as an item. This is personal data. The e-mail address is present when the user of the token
 * may see it. `role` is a name, because the IDs of roles differ between sites.
 */
export function userItem(user: XmlElement) {
	return compact({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? textOf(user, 'nick'),
		fullName: textOf(user, 'fullname'),
		email: textOf(user, 'email'),
		status: textOf(user, 'status'),
		role: textOf(child(user, 'permissions.user'), 'role'),
		isSeated: booleanOf(textOf(user, 'license.seat')),
		createdAt: textOf(user, 'date.created'),
		lastLoginAt: textOf(user, 'date.lastlogin'),
	});
}

/** A webhook as an item, with events as the trigger spells them, and without its secret. */
export function webhookItem(webhook: Webhook) {
	const { id, guid, url, active, consecutiveFailures, createdAt } = webhook;
	return compact({
		id,
		guid,
		url,
		active,
		events: webhook.events.map(canonicalEventName),
		consecutiveFailures,
		disabledReason: hasNoReason(webhook) ? undefined : webhook.disabledReason,
		createdAt,
	});
}
