import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { numberOf, pagePath } from '../../api/elements';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { tagNames, userOf } from '../../shared/page-fields';
import type { PageReference } from '../input/page-reference';

/**
 * A page as an item: ids are text, revisions are numbers, tags are a list, and what the response does
 * not have is absent. The fields have the names of the trigger's `page` where both have them.
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

/** One saved version of a page: the page with the number, date and author of that version. */
export function revisionItem(revision: XmlElement): IDataObject {
	return compact({ ...pageItem(revision), description: textOf(revision, 'description') });
}

/** A search result, under the names that a page has elsewhere. */
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

/** The number of the page that a response is about: as it was asked for, or from its own address. */
export function pageIdOf({ key }: PageReference, response: XmlElement): string | undefined {
	if (/^\d+$/.test(key)) return key;
	return /\/pages\/(\d+)\//.exec(attribute(response, 'href') ?? '')?.[1];
}
