import { bodyOf, need, ok, type Call, type Reply, type Route } from './call.mts';
import { ApiError } from './errors.mts';
import { decodeAgain, existingPage } from './page-key.mts';
import type { PageXml } from './page-xml.mts';
import type { Page } from './pages.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import { childrenOf, childText, type XmlData } from './xml.mts';

const textType = 'text/plain; charset=utf-8';

/** The property calls of §7.4; POST is left out, as nobody knows how it takes the name (U-20). */
export function propertyRoutes(site: Site, settings: Settings, xml: PageXml): Route[] {
	const pageOf = (call: Call) => existingPage(call, site.pages, settings);
	const nameOf = (call: Call) => decodeAgain(call.params.key, settings);
	const existing = (call: Call): [Page, string, { id: number; value: string }] => {
		const [page, name] = [pageOf(call), nameOf(call)];
		const property = page.properties.get(name);
		if (!property) throw new ApiError(404, 'Property could not be found');
		return [page, name, property];
	};
	const show = (page: Page, name: string) => propertyData(page, name, xml);
	const all = '/pages/:pageid/properties';
	const one = `${all}/:key`;
	const list = (call: Call): Reply => {
		need(call, 'READ');
		const page = pageOf(call);
		const wanted = patternOf(call.query.get('names') ?? '*');
		const property = [...page.properties.keys()]
			.filter((name) => wanted.test(name))
			.map((name) => show(page, name));
		const href = xml.href(`pages/${page.id}/properties`);
		return ok({ properties: { '@count': property.length, '@href': href, property } });
	};
	const setAll = (call: Call): Reply => {
		need(call, 'UPDATE');
		const page = pageOf(call);
		const given = childrenOf(bodyOf(call, 'properties')).map((element) => {
			const name = element.getAttribute('name');
			if (!name) throw new ApiError(400, 'A property has no name');
			return [name, childText(element, 'contents') ?? ''] as const;
		});
		const property = given.map(([name, value]) => {
			site.setProperty(page, name, value, { by: call.user.id });
			return { ...show(page, name), status: { '@code': 200 } };
		});
		return ok({ properties: { '@count': property.length, property } });
	};
	const setOne = (call: Call): Reply => {
		need(call, 'UPDATE');
		const [page, name] = [pageOf(call), nameOf(call)];
		site.setProperty(page, name, call.text, { by: call.user.id });
		return ok({ property: show(page, name) });
	};
	const remove = (call: Call): Reply => {
		need(call, 'UPDATE');
		const [page, name] = existing(call);
		site.deleteProperty(page, name, { by: call.user.id });
		return ok();
	};
	const read = (call: Call): Reply => {
		need(call, 'READ');
		return { status: 200, raw: { body: Buffer.from(existing(call)[2].value), type: textType } };
	};
	const info = (call: Call): Reply => {
		need(call, 'READ');
		const [page, name] = existing(call);
		return ok({ property: show(page, name) });
	};
	return [
		['get', all, list],
		['put', all, setAll],
		['get', one, read],
		['get', `${one}/info`, info],
		['put', one, setOne],
		['delete', one, remove],
	];
}

function propertyData(page: Page, name: string, xml: PageXml): XmlData {
	const { id, value } = page.properties.get(name) ?? { id: 0, value: '' };
	const key = encodeURIComponent(encodeURIComponent(name));
	const href = xml.href(`pages/${page.id}/properties/${key}`);
	const size = Buffer.byteLength(value);
	return {
		'@resid': id,
		'@name': name,
		'@href': `${href}/info`,
		contents: { '@type': textType, '@size': size, '@href': href, '#': value },
	};
}

/** `names`: a comma list, each with `*` at its start or end (§7.4). */
function patternOf(names: string): RegExp {
	const parts = names.split(',').map((name) =>
		name
			.trim()
			.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*'),
	);
	return new RegExp(`^(?:${parts.join('|')})$`, 'i');
}
