import { refuseTaken } from './api-page-tree.mts';
import type { Backend } from './backend.mts';
import {
	need,
	ok,
	windowOf,
	wholeNumber,
	type Call,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { contentsReply } from './contents-xml.mts';
import { ApiError, missingParameter, pageNotFound } from './errors.mts';
import { isoSeconds } from './events.mts';
import { fileXml, isGone } from './file-xml.mts';
import { dekiXml } from './page-xml.mts';
import { normalPath, type Page } from './pages.mts';
import type { XmlData } from './xml.mts';

/** What was deleted; Admins only, integer IDs only: see docs/vendor-facts.md#archive. */
export function archiveRoutes(backend: Backend): Route[] {
	const one = '/archive/pages/:id';
	const routes: Route[] = [
		['get', '/archive/pages', (call) => list(call, backend)],
		[
			'get',
			`${one}/info`,
			(call) => ok({ 'page.archive': archived(find(call, backend), backend) }),
		],
		['get', `${one}/contents`, (call) => contentsReply(call, find(call, backend))],
		['post', `${one}/restore`, (call) => restore(call, backend)],
		['get', '/archive/files/:id/info', (call) => file(call, backend)],
	];
	return routes.map(([method, path, handler]) => [
		method,
		path,
		(call) => {
			need(call, 'ADMIN');
			return handler(call);
		},
	]);
}

/** The newest deletion first; `title` is taken for a part of the title, in any case. */
function list(call: Call, backend: Backend): Reply {
	const title = call.query.get('title')?.toLowerCase() ?? '';
	const pages = [...backend.site.pages.byId.values()]
		.filter((page) => page.deleted && page.title.toLowerCase().includes(title))
		.sort((a, b) => deletedAt(b).getTime() - deletedAt(a).getTime());
	const shown = windowOf(call, pages, 100, backend.settings).map((page) => archived(page, backend));
	return ok({ 'pages.archive': { '@querycount': pages.length, 'page.archive': shown } });
}

function find(call: Call, { site }: Backend): Page {
	const page = site.pages.byId.get(wholeNumber(param(call, 'id'), 'id'));
	if (!page?.deleted) throw pageNotFound();
	return page;
}

function archived(page: Page, { xml, settings, site, userXml }: Backend): XmlData {
	const href = xml.href(`archive/pages/${page.id}`);
	const user = userXml.blockOf(site.users, page.deletedBy ?? '');
	return {
		'@id': page.id,
		'@href': `${href}/info`,
		title: page.title,
		path: page.path,
		contents: { '@type': dekiXml, '@href': `${href}/contents` },
		'date.deleted': isoSeconds(deletedAt(page)),
		...(settings.archiveNamesUser ? { 'user.deleted': user } : {}),
	};
}

function restore(call: Call, backend: Backend): Reply {
	const page = find(call, backend);
	const to = call.query.get('to');
	if (to === null) throw missingParameter('to');
	refuseTaken(normalPath(to), backend);
	const { pages } = backend.site.restorePage(page.id, { to, by: call.user.id });
	return ok({ 'pages.restored': { page: pages.map((each) => backend.xml.short(each)) } });
}

function file(call: Call, backend: Backend): Reply {
	const id = wholeNumber(param(call, 'id'), 'id');
	const found = backend.site.files.find((each) => each.id === id);
	const page = found && backend.site.page(found.pageId);
	if (!page || !isGone(found, page)) throw new ApiError(404, 'File could not be found');
	const data = {
		...fileXml(found, page, backend),
		'@href': backend.xml.href(`archive/files/${id}/info`),
		'date.deleted': isoSeconds(found.deletedAt ?? deletedAt(page)),
	};
	return ok({ 'file.archive': data });
}

const deletedAt = (page: Page) => page.deletedAt ?? page.modified;
