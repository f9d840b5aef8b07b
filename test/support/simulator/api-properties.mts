import type { Backend } from './backend.mts';
import {
	bodyOf,
	listOf,
	ok,
	oneOf,
	wholeNumber,
	type Call,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { contentReply } from './content-reply.mts';
import { ApiError } from './errors.mts';
import { decodeAgain, existingPage } from './page-key.mts';
import type { Page, Property } from './pages.mts';
import { etagOf, propertyXml } from './property-xml.mts';
import { childrenOf, type Element } from './xml.mts';

/**
 * The property calls of docs/vendor-facts.md#properties; POST is left out, as nobody knows how it
 * takes the name.
 */
export function propertyRoutes(backend: Backend): Route[] {
	const all = '/pages/:pageid/properties';
	const one = `${all}/:key`;
	return [
		['get', all, (call) => list(call, backend)],
		['put', all, (call) => setAll(call, backend)],
		['get', one, (call) => read(call, backend)],
		['get', `${one}/info`, (call) => info(call, backend)],
		['put', one, (call) => setOne(call, backend)],
		['delete', one, (call) => remove(call, backend)],
	];
}

interface Found {
	page: Page;
	name: string;
	property: Property;
}

function list(call: Call, backend: Backend): Reply {
	const { xml } = backend;
	const page = existingPage(call, backend, { operation: 'READ' });
	const cutoff = wholeNumber(call.query.get('contentcutoff'), 'contentcutoff', 2048);
	const wanted = patternOf(listOf(call, 'names'));
	const property = [...page.properties.keys()]
		.filter((name) => wanted.test(name))
		.map((name) => propertyXml(page, name, xml, cutoff));
	const href = xml.href(`pages/${page.id}/properties`);
	return ok({ properties: { '@count': property.length, '@href': href, property } });
}

/** Nothing is set when one of them has no name. */
function setAll(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'UPDATE' });
	const given = childrenOf(bodyOf(call, 'properties')).map(readProperty);
	const property = given.map(({ name, value, type }) => {
		backend.site.setProperty(page, name, value, { type, by: call.user.id });
		return { ...propertyXml(page, name, backend.xml), status: { '@code': 200 } };
	});
	return ok({ properties: { '@count': property.length, property } });
}

function readProperty(element: Element): { name: string; value: string; type?: string } {
	const name = element.getAttribute('name');
	if (!name) throw new ApiError(400, 'A property has no name');
	const contents = childrenOf(element).find(({ nodeName }) => nodeName === 'contents');
	const type = contents?.getAttribute('type') || undefined;
	return { name, value: contents?.textContent ?? '', type };
}

/** `abort`: modified (another etag than the one given), never, exists; all give 409. */
function setOne(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const page = existingPage(call, backend, { operation: 'UPDATE' });
	const name = nameOf(call, backend);
	const known = page.properties.get(name);
	const abort = oneOf(call, 'abort', ['modified', 'never', 'exists']);
	const etag = call.query.get('etag') ?? call.etag;
	const careless = etag === undefined && settings.propertyWithoutEtag === 'accept';
	const changed = known && abort === 'modified' && !careless && etag !== etagOf(known);
	if (changed || (known && abort === 'exists')) throw new ApiError(409, `'${name}' has changed`);
	const description = call.query.get('description') ?? undefined;
	const type = call.contentType || undefined;
	site.setProperty(page, name, call.text, { type, description, by: call.user.id });
	return ok({ property: propertyXml(page, name, xml) });
}

function remove(call: Call, backend: Backend): Reply {
	const { page, name } = existing(call, backend, 'UPDATE');
	backend.site.deleteProperty(page, name, { by: call.user.id });
	return ok();
}

function read(call: Call, backend: Backend): Reply {
	const { page, property } = existing(call, backend, 'READ');
	const content = { body: Buffer.from(property.value), type: property.type };
	return contentReply(call, backend, { page, content, kept: backend.settings.publicProperties });
}

function info(call: Call, backend: Backend): Reply {
	const { page, name } = existing(call, backend, 'READ');
	return ok({ property: propertyXml(page, name, backend.xml) });
}

function existing(call: Call, backend: Backend, operation: string): Found {
	const page = existingPage(call, backend, { operation });
	const name = nameOf(call, backend);
	const property = page.properties.get(name);
	if (!property) throw new ApiError(404, 'Property could not be found');
	return { page, name, property };
}

const nameOf = (call: Call, { settings }: Backend) => decodeAgain(param(call, 'key'), settings);

/**
 * `names`: each with `*` at its start or end; all when there is none. See
 * docs/vendor-facts.md#properties.
 */
function patternOf(names: string[]): RegExp {
	if (names.length === 0) return /^/;
	const parts = names.map((name) =>
		name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^\\\*|\\\*$/g, '.*'),
	);
	return new RegExp(`^(?:${parts.join('|')})$`, 'i');
}
