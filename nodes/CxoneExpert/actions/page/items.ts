import type { IDataObject } from 'n8n-workflow';

import { booleanOf, compact, numberOf, pagePath, revisionOf } from '../../api/elements';
import { articleTypeIn, namesOf, pageFields, situationOf, tagNames } from '../../api/page-fields';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { seenText } from '../markdown/left-out';

/*
 * "Simplify" gives about a dozen fields for each resource, those that people use, the common ones first. Responses of
 * writing calls say little (docs/vendor-facts.md#writing-pages); no second call completes them.
 */

/** The time of deletion of a page in the archive takes the place of those of edits. */
export function pageItem(page: XmlElement): IDataObject {
	const isDeleted = attribute(page, 'deleted') === 'true';
	return compact({
		...pageFields(page),
		...(isDeleted ? deletionOf(page) : timesOf(page)),
	});
}

export function deletedPageItem(page: XmlElement) {
	return compact({ ...namesOf(page), ...deletionOf(page) });
}

/** Denies success if a response counts no page. One that lists none and counts nothing still confirms it. */
export function countsNoPage(list: XmlElement): string | undefined {
	return attribute(list, 'count') === '0' ? 'The site counts 0 pages.' : undefined;
}

/** A moved page, or a copy. */
export function placedPageItem(page: XmlElement) {
	return compact({ ...namesOf(page), createdAt: textOf(page, 'date.created') });
}

/** @param created `undefined` if the site does not say */
export function savedPageItem(page: XmlElement, created?: boolean) {
	return compact({
		...namesOf(page),
		revision: revisionOf(page),
		createdAt: textOf(page, 'date.created'),
		created,
	});
}

export function subpageItem(subpage: XmlElement) {
	return compact({
		...namesOf(subpage),
		...situationOf(subpage),
		revision: revisionOf(subpage),
		createdAt: textOf(subpage, 'date.created'),
		modifiedAt: textOf(subpage, 'date.modified'),
		hasSubpages: booleanOf(attribute(subpage, 'subpages')),
		fileCount: numberOf(attribute(subpage, 'files')),
	});
}

/** The site names no author, and the time of any change. */
export function changedPageItem(page: XmlElement) {
	return compact({
		...namesOf(page),
		tags: tagNames(child(page, 'tags')),
		...situationOf(page),
		modifiedAt: textOf(page, 'date.modified'),
		createdAt: textOf(page, 'date.created'),
	});
}

/** Gives the fields the names that they have in other items of pages. */
export function resultItem(result: XmlElement) {
	const page = child(result, 'page');
	const author = textOf(result, 'author');
	const tags = children(result, 'tag').flatMap((tag) => textOf(tag) ?? []);
	return compact({
		id: textOf(result, 'id'),
		title: textOf(result, 'title'),
		path: page && pagePath(page),
		url: textOf(result, 'uri'),
		type: textOf(result, 'type'),
		articleType: articleTypeIn(tags),
		author: author === undefined ? undefined : { name: author },
		preview: seenText(textOf(result, 'preview')),
		modifiedAt: textOf(result, 'date.modified'),
		tags,
		rank: decimalOf(textOf(result, 'rank')),
	});
}

export function decimalOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

export function timesOf(page: XmlElement) {
	return { editedAt: textOf(page, 'date.edited'), createdAt: textOf(page, 'date.created') };
}

function deletionOf(page: XmlElement) {
	return { deletedAt: textOf(page, 'date.deleted'), deleted: true };
}
