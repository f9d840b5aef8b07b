import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { pagePath } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { userOf } from '../../shared/page-fields';

/** A deleted page as an item; `path` is where it was. */
export function archivedPageItem(page: XmlElement): IDataObject {
	return compact({
		id: attribute(page, 'id'),
		title: textOf(page, 'title'),
		path: pagePath(page),
		deletedAt: textOf(page, 'date.deleted'),
		deletedBy: userOf(child(page, 'user.deleted')),
	});
}
