import type { IDataObject } from 'n8n-workflow';

import { numberOf, pagePath } from '../../api/elements';
import { compact } from '../../api/compact';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';

/**
 * A page as an item: ids are text, revisions are numbers, tags are a list, and what the answer does
 * not have is absent. The field names are those of the trigger's `page` where both have them.
 */
export function pageItem(page: XmlElement): IDataObject {
	return compact({
		id: attribute(page, 'id'),
		guid: attribute(page, 'guid'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		url: textOf(page, 'uri.ui'),
		language: textOf(page, 'language'),
		namespace: textOf(page, 'namespace'),
		revision: numberOf(attribute(page, 'revision')),
		article: textOf(page, 'article'),
		summary: textOf(page, 'summary'),
		draftState: attribute(page, 'draft.state'),
		deleted: attribute(page, 'deleted') === 'true' ? true : undefined,
		deletedAt: textOf(page, 'date.deleted'),
		createdAt: textOf(page, 'date.created'),
		createdBy: userOf(child(page, 'user.createdby')),
		editedAt: textOf(page, 'date.edited'),
		modifiedAt: textOf(page, 'date.modified'),
		author: userOf(child(page, 'user.author')),
		tags: tagNames(child(page, 'tags')),
		parent: parentItem(page),
	});
}

/** The names of a `tags` element; `undefined` when there is none. */
export function tagNames(tags: XmlElement | undefined): string[] | undefined {
	if (tags === undefined) return undefined;
	return children(tags, 'tag').flatMap(
		(tag) => attribute(tag, 'value') ?? textOf(tag, 'title') ?? [],
	);
}

/** Who it was, as far as a message needs it: no e-mail address. */
export function userOf(user: XmlElement | undefined): IDataObject | undefined {
	if (user === undefined) return undefined;
	return compact({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? textOf(user, 'nick') ?? textOf(user),
		fullName: textOf(user, 'fullname'),
	});
}

/** The page that a page is below, or that a file is attached to. */
export function parentItem(element: XmlElement): IDataObject | undefined {
	const parent = child(element, 'page.parent');
	if (parent === undefined) return undefined;
	return compact({
		id: attribute(parent, 'id'),
		path: pagePath(parent),
		title: textOf(parent, 'title'),
		url: textOf(parent, 'uri.ui'),
	});
}
