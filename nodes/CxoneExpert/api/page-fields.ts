import type { IDataObject } from 'n8n-workflow';

import { compact, draftState, idOf, pagePath, pageUrl, revisionOf } from './elements';
import { attribute, child, children, textOf, type XmlElement } from './xml';

/*
 * The fields of a page, with the same names in the items of all nodes. IDs are text, revisions are numbers, tags are a
 * list, missing values are absent, and no user has an e-mail address.
 */

/** @param page the response to GET /pages/{id} */
export function pageFields(page: XmlElement) {
	const tags = tagNames(child(page, 'tags'));
	const situation = situationOf(page);
	return compact({
		...namesOf(page),
		summary: textOf(page, 'summary'),
		// This response lacks the tags of a draft.
		tags: situation.draftState === 'unpublished' && tags?.length === 0 ? undefined : tags,
		// An unpublished draft has revision 0, which means none.
		revision: revisionOf(page) || undefined,
		// This is the author of the newest text.
		author: userOf(child(page, 'user.author')),
		...situation,
	});
}

/** Only the trigger gives these: Page: Get has fields enough. @param page the response to GET /pages/{id} */
export function parentAndCreator(page: XmlElement) {
	const { id, title, path } = namesOf(child(page, 'page.parent') ?? {});
	const creator = userOf(child(page, 'user.createdby'));
	return compact({
		parent: compact({ id, title, path }),
		createdBy: creator && compact({ id: creator.id, name: creator.name }),
	});
}

export function namesOf(page: XmlElement) {
	return {
		id: idOf(page),
		title: textOf(page, 'title'),
		path: pagePath(page),
		url: pageUrl(page),
	};
}

export function situationOf(page: XmlElement) {
	return {
		articleType: textOf(page, 'article') ?? articleTypeIn(tagNames(child(page, 'tags'))),
		language: textOf(page, 'language'),
		draftState: draftState(page),
	};
}

/** Finds the type in tags: found pages and search results name it nowhere else (docs/vendor-facts.md#tags). */
export function articleTypeIn(tags: string[] = []): string | undefined {
	return tags.flatMap((tag) => /^article: ?(.+)$/i.exec(tag)?.[1] ?? [])[0];
}

/** A deleted page, from GET /archive/pages/{id}/info. `path` is where it was. */
export function archivedPageItem(page: XmlElement) {
	return compact({
		id: attribute(page, 'id'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		deletedAt: textOf(page, 'date.deleted'),
		deletedBy: userOf(child(page, 'user.deleted')),
	});
}

export function tagNames(tags: XmlElement): string[];
export function tagNames(tags: XmlElement | undefined): string[] | undefined;
export function tagNames(tags: XmlElement | undefined): string[] | undefined {
	if (tags === undefined) return undefined;
	return children(tags, 'tag').flatMap((tag) => tagName(tag) ?? []);
}

export function tagName(tag: XmlElement): string | undefined {
	return attribute(tag, 'value') ?? textOf(tag, 'title');
}

/** User fields for messages, without the e-mail address. */
export function userOf(user: XmlElement | undefined): IDataObject | undefined {
	if (user === undefined) return undefined;
	return compact({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? textOf(user, 'nick') ?? textOf(user),
		fullName: textOf(user, 'fullname'),
	});
}

/** Key that is equal for all spellings of a tag. The site uses the newest spelling everywhere. */
export function tagKey(name: string): string {
	return name.trim().normalize('NFC').toLowerCase();
}
