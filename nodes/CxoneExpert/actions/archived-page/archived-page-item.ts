import type { IDataObject } from 'n8n-workflow';

import { present } from '../../transport/present';
import { attribute, child, textOf, type XmlElement } from '../../transport/xml';
import { pathOf, userOf } from '../page/page-item';

/** A deleted page as an item; `path` is where it was. */
export function archivedPageItem(page: XmlElement): IDataObject {
	return present({
		id: attribute(page, 'id'),
		title: textOf(page, 'title'),
		path: pathOf(page),
		deletedAt: textOf(page, 'date.deleted'),
		deletedBy: userOf(child(page, 'user.deleted')),
	});
}
