import { allNeed, ok, wholeNumber, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { pageNotFound } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Page } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { contentsReply } from './xml.mts';
import { targetOf } from './page-key.mts';
import { refuseTaken, replaceRedirect } from './page-writes.mts';

/** What was deleted; Admins only, integer IDs only: see docs/vendor-facts.md#archive. */
export const archiveRoutes: Route[] = allNeed('ADMIN', [
	['get', '/archive/pages', list],
	['get', '/archive/pages/:id/info', info],
	['get', '/archive/pages/:id/subpages', deletedWith],
	['get', '/archive/pages/:id/contents', (call, backend) => contentsReply(call, find(call, backend), { tail: '' })],
	['post', '/archive/pages/:id/restore', restore],
]);

/** The newest deletion first, each once unless the settings say otherwise; `title` is taken for a part of the title, in any case. */
function list(call: Call, backend: Backend): Reply {
	const title = call.query.get('title')?.toLowerCase() ?? '';
	const pages = [...backend.site.pages.byId.values()]
		.filter((page) => isEntry(page, backend) && page.title.toLowerCase().includes(title))
		.sort((a, b) => deletedAt(b).getTime() - deletedAt(a).getTime());
	const shown = call.window(pages, 100, backend.settings).map((page) => ({
		...archived(page, backend),
		subpages: { '@count': goneWith(page, backend).length },
	}));
	return ok({ 'pages.archive': { '@querycount': pages.length, 'page.archive': shown } });
}

function deletedWith(call: Call, backend: Backend): Reply {
	const gone = goneWith(findEntry(call, backend), backend);
	return ok({ 'pages.archive': { 'page.archive': gone.map((page) => archived(page, backend)) } });
}

/** All below that went with the page, or those directly below: docs/vendor-facts.md#archive. */
function goneWith(page: Page, { site, settings }: Backend): Page[] {
	const depthOf = ({ path }: Page) => path.split('/').length;
	return site
		.goneWith(page)
		.filter((each) => settings.archivedSubpages === 'all' || depthOf(each) === depthOf(page) + 1);
}

function info(call: Call, backend: Backend): Reply {
	return ok({ 'page.archive': archived(find(call, backend), backend) });
}

function restore(call: Call, backend: Backend): Reply {
	const page = findEntry(call, backend);
	const path = targetOf(call);
	refuseTaken(path, backend);
	replaceRedirect(call, path, backend);
	const { pages } = backend.site.restorePage(page.id, { to: path, by: call.user.id });
	return ok({ 'pages.restored': { page: pages.map((each) => backend.xml.info(each)) } });
}

function find(call: Call, { site }: Backend): Page {
	const page = site.pages.byId.get(wholeNumber(call.param('id'), 'id'));
	if (!page?.deleted) throw pageNotFound();
	return page;
}

/** What went along is in the list and can be restored by itself, or not: docs/vendor-facts.md#archive. */
function isEntry({ deleted, wentAlong = false }: Page, { settings }: Backend): boolean {
	return deleted && (!wentAlong || settings.archiveEntries === 'pages');
}

function findEntry(call: Call, backend: Backend): Page {
	const page = find(call, backend);
	if (!isEntry(page, backend)) throw pageNotFound();
	return page;
}

function archived(page: Page, { xml }: Backend): XmlData {
	return {
		'@id': page.id,
		'@href': xml.href(`archive/pages/${page.id}/info`),
		title: page.title,
		path: page.path,
		'user.deleted': xml.userBlock(page.deletedBy ?? ''),
		'date.deleted': isoSeconds(deletedAt(page)),
	};
}

const deletedAt = (page: Page) => page.deletedAt ?? page.modified;
