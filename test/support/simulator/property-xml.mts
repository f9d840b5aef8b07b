import { isoSeconds } from './events.mts';
import type { PageXml } from './page-xml.mts';
import type { Page, Property } from './pages.mts';
import type { XmlData } from './xml.mts';

/**
 * `<property>`; a value longer than the cut-off is left out: see docs/vendor-facts.md#properties.
 */
export function propertyXml(page: Page, name: string, xml: PageXml, cutoff = 2048): XmlData {
	const property = page.properties.get(name) as Property;
	const key = encodeURIComponent(encodeURIComponent(name));
	const href = xml.href(`pages/${page.id}/properties/${key}`);
	const size = Buffer.byteLength(property.value);
	const value: XmlData = size > cutoff ? {} : { '#': property.value };
	return {
		'@revision': property.revision,
		'@resid': property.id,
		'@name': name,
		'@href': `${href}/info`,
		'@etag': etagOf(property),
		'@resource-is-deleted': false,
		'@resource-rev-is-deleted': false,
		contents: { '@type': property.type, '@size': size, '@href': href, ...value },
		'date.modified': isoSeconds(property.modified),
		'change-description': property.description,
	};
}

export function etagOf({ id, revision, modified }: Property): string {
	return `${id}.r${revision}_ts${isoSeconds(modified)}`;
}
