import { booleanOf, compact } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { namesOf } from '../../api/page-fields';
import { fileItem } from '../file/items';

/** `type` is `InternalPage` or `InternalFile`; `target` is absent where nothing is there. */
export function linkItem(link: XmlElement) {
	const destination = child(link, 'destination');
	const [page, file] = [child(destination, 'page'), child(destination, 'file')];
	return compact({
		page: compact(namesOf(child(link, 'page') ?? {})),
		text: textOf(link, 'text'),
		href: textOf(link, 'href'),
		type: textOf(link, 'type'),
		isRedirect: booleanOf(attribute(link, 'isredirect')),
		target: page ? compact(namesOf(page)) : file && namesOfFile(file),
	});
}

function namesOfFile(file: XmlElement) {
	const { id, name, url } = fileItem(file);
	return compact({ id, name, url });
}

export function inspectionItem(inspection: XmlElement) {
	const page = child(inspection, 'page');
	return compact({
		severity: attribute(inspection, 'severity')?.toLowerCase(),
		type: attribute(inspection, 'type'),
		message: textOf(inspection, 'message'),
		page: compact({
			id: attribute(page, 'id'),
			url: attribute(page, 'uri'),
			articleType: textOf(page, 'article'),
		}),
	});
}
