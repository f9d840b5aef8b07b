import { compact, numberOf, pagePath, revisionOf } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';

/** `url` gives the content to users who may see the file. */
export function fileItem(file: XmlElement) {
	const [contents, page] = [child(file, 'contents'), child(file, 'page.parent')];
	return compact({
		id: attribute(file, 'id'),
		name: textOf(file, 'filename'),
		page: page && compact({ id: attribute(page, 'id'), path: pagePath(page) }),
		url: attribute(contents, 'href'),
		type: attribute(contents, 'type'),
		size: numberOf(attribute(contents, 'size')),
		revision: revisionOf(file),
		description: textOf(file, 'description'),
		altText: textOf(file, 'alt-text'),
		modifiedAt: textOf(file, 'date.last-modified'),
	});
}

/** Names what tells a deleted file from others in the archive. */
export function deletedFileItem(file: XmlElement) {
	const { id, name, page } = fileItem(file);
	return { ...compact({ id, name, page }), deleted: true };
}
