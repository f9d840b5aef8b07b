import { booleanOf, compact } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { namesOf } from '../../api/page-fields';

/** `type` is `InternalPage` or `InternalFile`; `target` is absent where nothing is there. */
export function linkItem(link: XmlElement) {
	const target = child(child(link, 'destination'), 'page');
	return compact({
		page: compact(namesOf(child(link, 'page') ?? {})),
		text: textOf(link, 'text'),
		href: textOf(link, 'href'),
		type: textOf(link, 'type'),
		isRedirect: booleanOf(attribute(link, 'isredirect')),
		target: target && compact(namesOf(target)),
	});
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
