import { bodyOf, need, ok, wholeNumber, type Call, type Reply, type Route } from './call.mts';
import { saveContents } from './api-page-contents.mts';
import { ApiError } from './errors.mts';
import { existingPage, findPage } from './page-key.mts';
import type { PageXml } from './page-xml.mts';
import type { Page } from './pages.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import { childrenOf } from './xml.mts';

/** The page calls that an action node and the demo need (§7.2 to §7.4). */
export function pageRoutes(site: Site, settings: Settings, xml: PageXml): Route[] {
	const find = (call: Call) => findPage(call.params.pageid, site.pages, settings);
	const existing = (call: Call) => existingPage(call, site.pages, settings);
	/** §7.1: a path without a page can be answered as a virtual page. */
	const read = (call: Call, show: (page: Page) => object): Reply => {
		need(call, 'READ');
		const { page, path } = find(call);
		if (!page && path !== undefined && settings.missingPage === 'virtual') {
			return ok({ page: xml.virtual(path) });
		}
		return ok({ page: show(existing(call)) as never });
	};
	const one = '/pages/:pageid';
	return [
		['get', one, (call) => read(call, (page) => xml.full(page, site.pages.parentOf(page)))],
		['get', `${one}/info`, (call) => read(call, (page) => xml.info(page))],
		[
			'get',
			`${one}/contents`,
			(call) => {
				need(call, 'READ');
				return ok({ content: xml.contents(existing(call)) });
			},
		],
		['post', `${one}/contents`, (call) => saveContents(call, find(call), site, settings, xml)],
		['get', `${one}/subpages`, (call) => subpages(call, existing(call), site, xml)],
		[
			'get',
			`${one}/tags`,
			(call) => {
				need(call, 'READ');
				return ok({ tags: xml.tags(existing(call)) });
			},
		],
		['put', `${one}/tags`, (call) => setTags(call, existing(call), site, xml)],
		['post', `${one}/move`, (call) => relocate(call, existing(call), site, xml, 'move')],
		['post', `${one}/copy`, (call) => relocate(call, existing(call), site, xml, 'copy')],
		['delete', one, (call) => remove(call, existing(call), site, xml)],
	];
}

/** Direct children only; the element is `page.subpage` (§7.2). */
function subpages(call: Call, page: Page, site: Site, xml: PageXml): Reply {
	need(call, 'READ');
	const children = site.pages.below(page).filter((child) => site.pages.parentOf(child) === page);
	const limit = call.query.get('limit');
	const offset = wholeNumber(call.query.get('offset'), 'offset', 0);
	const end = limit === 'all' ? undefined : offset + wholeNumber(limit, 'limit', 100);
	const shown = children.slice(offset, end);
	return ok({
		subpages: {
			'@totalcount': children.length,
			'@count': shown.length,
			'page.subpage': shown.map((child) => xml.info(child)),
		},
	});
}

/** Replaces all tags (§7.4). A draft page refuses it with 403. */
function setTags(call: Call, page: Page, site: Site, xml: PageXml): Reply {
	need(call, 'UPDATE');
	if (page.draftState === 'unpublished') throw new ApiError(403, 'Use the draft tags of a draft');
	const wanted = childrenOf(bodyOf(call, 'tags'))
		.filter(({ nodeName }) => nodeName === 'tag')
		.map((tag) => tag.getAttribute('value') ?? '')
		.filter(Boolean);
	const remove = page.tags.filter((tag) => !wanted.includes(tag));
	site.tagPage(page, { add: [...new Set(wanted)], remove, by: call.user.id });
	return ok({ tags: xml.tags(page) });
}

/** Move and copy: the new path is in the query; no body; 409 where a page is already. */
function relocate(call: Call, page: Page, site: Site, xml: PageXml, kind: 'move' | 'copy'): Reply {
	need(call, kind === 'move' ? 'UPDATE' : 'CREATE');
	const to = targetOf(call, page, site);
	const other = site.pages.byPath(to);
	if (other && (kind === 'copy' || other !== page)) {
		throw new ApiError(409, `A page exists at '${to}'`);
	}
	const options = { by: call.user.id, title: call.query.get('title') ?? undefined };
	const change =
		kind === 'move' ? site.movePage(page, to, options) : site.copyPage(page, to, options);
	const name = kind === 'move' ? 'pages.moved' : 'pages.copied';
	return ok({ [name]: { '@count': 1, page: xml.info(change.page) } });
}

/** `to`, or `parentid` and `name` (move only). */
function targetOf(call: Call, page: Page, site: Site): string {
	const to = call.query.get('to');
	if (to !== null) return to.replace(/^\/+|\/+$/g, '').replaceAll(' ', '_');
	const [parentId, name] = [call.query.get('parentid'), call.query.get('name')];
	if (parentId === null && name === null) {
		const message = "The parameter 'to' is missing but it is required.";
		throw new ApiError(400, message, 'System.API.Error.missing-argument');
	}
	const parent =
		parentId === null ? site.pages.parentOf(page) : site.pages.byId.get(Number(parentId));
	if (!parent) throw new ApiError(404, 'Page could not be found');
	const last = name ?? page.path.split('/').at(-1);
	return parent.path === '' ? `${last}` : `${parent.path}/${last}`;
}

function remove(call: Call, page: Page, site: Site, xml: PageXml): Reply {
	need(call, 'DELETE');
	if (page.path === '') throw new ApiError(403, 'The home page cannot be deleted');
	const recursive = call.query.get('recursive') === 'true';
	const gone = [page, ...(recursive ? site.pages.below(page) : [])];
	site.deletePage(page, { by: call.user.id, recursive });
	const pages = gone.map((each) => xml.info(each));
	return ok({ deletedpages: { '@count': pages.length, page: pages } });
}
