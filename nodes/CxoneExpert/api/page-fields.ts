import type { IDataObject } from 'n8n-workflow';

import { compact, pagePath } from './elements';
import { attribute, child, children, textOf, type XmlElement } from './xml';

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
	return children(tags, 'tag').flatMap(
		(tag) => attribute(tag, 'value') ?? textOf(tag, 'title') ?? [],
	);
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
