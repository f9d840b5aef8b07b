import type { IDataObject } from 'n8n-workflow';

import { compact, pagePath } from './elements';
import { attribute, child, children, textOf, type XmlElement } from './xml';

/* What the API says of a page, as both nodes give it to people. */

/** A deleted page, from the response to GET /archive/pages/{id}/info; `path` is where it was. */
export function archivedPageItem(page: XmlElement) {
	return compact({
		id: attribute(page, 'id'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		deletedAt: textOf(page, 'date.deleted'),
		deletedBy: userOf(child(page, 'user.deleted')),
	});
}

/** The names of a `tags` element; `undefined` when there is none. */
export function tagNames(tags: XmlElement): string[];
export function tagNames(tags: XmlElement | undefined): string[] | undefined;
export function tagNames(tags: XmlElement | undefined): string[] | undefined {
	if (tags === undefined) return undefined;
	return children(tags, 'tag').flatMap(
		(tag) => attribute(tag, 'value') ?? textOf(tag, 'title') ?? [],
	);
}

/** A user, as far as a message needs one: without the e-mail address. */
export function userOf(user: XmlElement | undefined): IDataObject | undefined {
	if (user === undefined) return undefined;
	return compact({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? textOf(user, 'nick') ?? textOf(user),
		fullName: textOf(user, 'fullname'),
	});
}

/** Equal for all spellings of one tag. The site uses the newest spelling everywhere. */
export function tagKey(name: string): string {
	return name.trim().normalize('NFC').toLowerCase();
}
