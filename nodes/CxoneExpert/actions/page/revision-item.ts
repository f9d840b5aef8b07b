import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { textOf, type XmlElement } from '../../api/xml';
import { pageItem } from './page-item';

/** One saved version of a page: the page with the number, date and author of that version. */
export function revisionItem(revision: XmlElement): IDataObject {
	return compact({ ...pageItem(revision), description: textOf(revision, 'description') });
}
