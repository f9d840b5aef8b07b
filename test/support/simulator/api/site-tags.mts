import { allNeed, type Backend, type Call, ok, type Reply, type Route, wholeNumber } from '../http/call.mts';
import { ApiError, invalidInput, pageNotFound } from '../http/errors.mts';
import type { Page } from '../site/pages.mts';
import { childrenOf, type Element, type XmlData } from '../xml.mts';
import { decodeAgain, maySee } from './page-key.mts';

/** Tags over all pages: docs/vendor-facts.md#tags. */
export const siteTagRoutes: Route[] = [
	...allNeed('READ', [
		['get', '/site/tags', listTags],
		['get', '/site/tags/:tagid', readTag],
	]),
	['post', '/site/tags', changeTags],
];

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function seenPages({ user }: Call, { site }: Backend): Page[] {
	return site.pages.current.filter((page) => maySee(user, page));
}

/** In no order: docs/vendor-facts.md#tags. */
function namesOf(pages: Page[]): string[] {
	return [...new Set(pages.flatMap(({ tags }) => tags))];
}

function tagXml(name: string, id: number, pages: Page[], { xml }: Backend): XmlData {
	return xml.tag(
		name,
		id,
		pages.find(({ tags }) => tags.includes(name)),
	);
}

function listTags(call: Call, backend: Backend): Reply {
	const prefix = call.query.get('q')?.toLowerCase() ?? '';
	const pages = seenPages(call, backend);
	const all = namesOf(pages);
	const tag = all.flatMap((name, index) =>
		name.toLowerCase().startsWith(prefix) ? [tagXml(name, index + 1, pages, backend)] : [],
	);
	return ok({ tags: { '@count': tag.length, tag } });
}

/** All pages with it, or those below a page. */
function readTag(call: Call, backend: Backend): Reply {
	const pages = seenPages(call, backend);
	const names = namesOf(pages);
	const key = call.param('tagid');
	const wanted = key.startsWith('=') ? decodeAgain(key.slice(1)) : names[Number(key) - 1];
	const index = names.findIndex((name) => wanted !== undefined && isSame(name, wanted));
	const name = names[index];
	if (name === undefined) throw new ApiError(404, 'Tag could not be found');
	const parent = call.query.get('parentid');
	const within = parent === null ? pages : backend.site.pages.below(livePage(wholeNumber(parent, 'parentid'), backend));
	const tagged = within.filter(({ tags }) => tags.some((tag) => isSame(tag, name)));
	const shown = tagged.filter((page) => pages.includes(page));
	const withTags = call.list('include').includes('tags');
	const page = shown.map((each) => ({
		...backend.xml.short(each),
		...(withTags ? { tags: backend.xml.tags(each) } : {}),
	}));
	const counts = { '@count': page.length, '@totalcount': page.length };
	return ok({ tag: { ...tagXml(name, index + 1, pages, backend), pages: { ...counts, page } } });
}

function livePage(id: number, { site }: Backend): Page {
	const page = site.pages.byId.get(id);
	if (!page || page.deleted) throw pageNotFound();
	return page;
}

/** Nothing is changed unless all pages are there. */
function changeTags(call: Call, backend: Backend): Reply {
	if (!call.user.seated) throw new ApiError(403, 'You must be seated');
	const changes = childrenOf(call.body('tags')).map((change) => changeOf(change, call, backend));
	for (const { pages, ...change } of changes) {
		for (const page of pages) backend.site.tagPage(page, { ...change, by: call.user.id });
	}
	return ok({ tags: '' });
}

function changeOf(element: Element, { user }: Call, backend: Backend) {
	const kind = /^tag\.(add|remove)$/.exec(element.nodeName)?.[1];
	const name = element.getAttribute('value');
	if (kind === undefined || !name) throw invalidInput(`no <${element.nodeName}> here`);
	const pages = childrenOf(element).map((each) => {
		const page = livePage(wholeNumber(each.getAttribute('id'), 'page/@id'), backend);
		if (!maySee(user, page)) throw pageNotFound();
		return page;
	});
	return { pages, ...(kind === 'add' ? { add: [name] } : { remove: [name] }) };
}
