import { ok, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { contentReply } from '../http/cdn.mts';
import { ApiError } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Page, Property } from '../site/pages.mts';
import { childrenOf, type Element, type XmlData } from '../xml.mts';
import { decodeAgain, existingPage } from './page-key.mts';
import type { ApiXml } from './xml.mts';

/** The property calls of docs/vendor-facts.md#properties that the nodes use. */
export const propertyRoutes: Route[] = [
	['get', '/pages/:pageid/properties', list],
	['put', '/pages/:pageid/properties', setAll],
	['get', '/pages/:pageid/properties/:key', read],
];

function list(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'READ');
	return ok({ properties: propertiesXml(page, backend.xml, call.list('names')) });
}

/** All properties of a page, or those with these names in any case. */
export function propertiesXml(page: Page, xml: ApiXml, names: string[] = []): XmlData {
	const wanted = names.map((name) => name.toLowerCase());
	const property = [...page.properties]
		.filter(([name]) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
		.sort(([, a], [, b]) => a.id - b.id)
		.map(([name, each]) => propertyXml(page, name, each, xml));
	const href = xml.href(`pages/${page.id}/properties`);
	return { '@count': property.length, '@href': href, property };
}

interface Outcome {
	code: number;
	data: XmlData;
}

interface Given {
	name: string;
	/** Absent: the property is removed. */
	value?: string;
	type?: string;
	/** Of what it is to replace. */
	etag: string | null;
}

/** Nothing is set when one of them has no name. */
function setAll(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'UPDATE');
	const given = childrenOf(call.body('properties')).map(readProperty);
	const outcomes = given.flatMap((each) => setOne(call, backend, page, each));
	const property = outcomes.map(({ code, data }) => ({ ...data, status: { '@code': code } }));
	const set = outcomes.filter(({ code }) => code === 200).length;
	const data = { properties: { '@count': set, property } };
	return { status: set < outcomes.length ? 207 : 200, data };
}

/** One that is there is replaced by whoever knows its etag, else it has 409: docs/vendor-facts.md#properties. */
function setOne(call: Call, { site, xml }: Backend, page: Page, given: Given): Outcome[] {
	const { name, value, type, etag } = given;
	const by = call.user.id;
	const known = page.properties.get(name);
	if (known && etag !== etagOf(known)) {
		return [{ code: 409, data: propertyXml(page, name, known, xml) }];
	}
	if (value !== undefined) {
		const property = site.setProperty(page, name, value, { type, by });
		return [{ code: 200, data: propertyXml(page, name, property, xml) }];
	}
	site.removeProperty(page, name, { by });
	return [];
}

function readProperty(element: Element): Given {
	const name = element.getAttribute('name');
	if (!name) throw new ApiError(400, 'A property has no name');
	const contents = childrenOf(element).find(({ nodeName }) => nodeName === 'contents');
	const type = contents?.getAttribute('type') || undefined;
	const etag = element.getAttribute('etag');
	return { name, value: contents?.textContent, type, etag };
}

function read(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'READ');
	const property = page.properties.get(decodeAgain(call.param('key')));
	if (!property) throw new ApiError(404, 'Property could not be found');
	const content = { body: Buffer.from(property.value), type: property.type };
	return contentReply(call, backend, page, content);
}

const etagOf = ({ id, revision, modified }: Property) => `${id}.r${revision}_ts${isoSeconds(modified)}`;

/** Bytes; a longer value is left out of the list. */
const MAX_LISTED_VALUE = 2048;

function propertyXml(page: Page, name: string, property: Property, xml: ApiXml): XmlData {
	const { revision, value, type, modified } = property;
	const key = encodeURIComponent(encodeURIComponent(name));
	const href = xml.href(`pages/${page.id}/properties/${key}`);
	const size = Buffer.byteLength(value);
	const shown: XmlData = size > MAX_LISTED_VALUE ? {} : { '#': value };
	return {
		'@revision': revision,
		'@name': name,
		'@href': `${href}/info`,
		'@etag': etagOf(property),
		contents: { '@type': type, '@size': size, '@href': href, ...shown },
		'date.modified': isoSeconds(modified),
	};
}
