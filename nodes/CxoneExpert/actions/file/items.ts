import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { numberOf } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { parentItem } from '../page/items';

/** A file as an item. `url` gives its content to users who may see it. */
export function fileItem(file: XmlElement): IDataObject {
	const contents = child(file, 'contents');
	return compact({
		id: attribute(file, 'id'),
		name: textOf(file, 'filename'),
		page: parentItem(file),
		url: attribute(contents, 'href'),
		type: attribute(contents, 'type'),
		size: numberOf(attribute(contents, 'size')),
		revision: numberOf(attribute(file, 'revision')),
		description: textOf(file, 'description'),
		altText: textOf(file, 'alt-text'),
		modifiedAt: textOf(file, 'date.last-modified'),
	});
}
