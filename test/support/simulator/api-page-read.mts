import { maySee } from './access.mts';
import type { Backend } from './backend.mts';
import { listOf, need, ok, windowOf, wholeNumber, type Call, type Reply, param } from './call.mts';
import { contentsReply } from './contents-xml.mts';
import { draftXml } from './draft-xml.mts';
import { ApiError } from './errors.mts';
import { fileXml } from './file-xml.mts';
import { existingPage, findPage, ownRedirect } from './page-key.mts';
import { articleOf } from './page-xml.mts';
import type { Page } from './pages.mts';
import { pageAt } from './revisions.mts';
import type { XmlData } from './xml.mts';
import { elementAt } from '../present.mts';

const READ = { operation: 'READ' };

/** `pages/{id}`: see docs/vendor-facts.md#reading-pages. */
export function readPage(call: Call, backend: Backend): Reply {
	const deletedToo = call.query.get('includeDeleted') === 'true';
	return orVirtual(call, backend, () => {
		const page = atRevision(call, existingPage(call, backend, { ...READ, deletedToo }));
		return ok({ page: fullPage(call, page, backend) });
	});
}

/** `pages/{id}/info`: see docs/vendor-facts.md#reading-pages. */
export function readInfo(call: Call, backend: Backend): Reply {
	return orVirtual(call, backend, () => {
		const page = existingPage(call, backend, READ);
		const without = listOf(call, 'exclude').includes('revision');
		return ok({ page: without ? backend.xml.short(page) : backend.xml.info(page) });
	});
}

export function readContents(call: Call, backend: Backend): Reply {
	return contentsReply(call, atRevision(call, existingPage(call, backend, READ)));
}

/** Newest first; no counts: see docs/vendor-facts.md#reading-pages. */
export function readRevisions(call: Call, backend: Backend): Reply {
	const { xml, settings } = backend;
	const page = existingPage(call, backend, READ);
	const show = (revisions: Page['revisions']) => revisions.map((each) => xml.revision(page, each));
	if (call.query.has('revision')) {
		const { revision } = atRevision(call, page);
		const single = elementAt(show(page.revisions.filter(({ number }) => number === revision)), 0);
		return ok(
			settings.singleRevisionRoot === 'page' ? { page: single } : { pages: { page: single } },
		);
	}
	return ok({ pages: { page: show(windowOf(call, page.revisions.toReversed(), 50, settings)) } });
}

/** Direct children only; the element is `page.subpage`: see docs/vendor-facts.md#reading-pages. */
export function readSubpages(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const page = existingPage(call, backend, READ);
	const articles = listOf(call, 'article');
	const children = site.pages
		.childrenOf(page)
		.filter((child) => maySee(call.user, child))
		.filter((child) => articles.length === 0 || articles.includes(articleOf(child) ?? ''));
	const shown = windowOf(call, children, 100, settings);
	return ok({
		subpages: {
			'@totalcount': children.length,
			'@count': shown.length,
			'@href': xml.href(`pages/${page.id}/subpages`),
			'page.subpage': shown.map((child) =>
				xml.subpage(child, site.pages.childrenOf(child).length, site.filesOf(child).length),
			),
		},
	});
}

/**
 * A path without a page can be a virtual page; a redirect is a page, too:
 * docs/vendor-facts.md#virtual-pages-and-redirects.
 */
function orVirtual(call: Call, backend: Backend, read: () => Reply): Reply {
	const { site, settings, xml } = backend;
	need(call, 'READ');
	const redirected = ownRedirect(call, backend);
	if (redirected) return ok({ page: xml.redirect(redirected) });
	const { page, path, redirect } = findPage(param(call, 'pageid'), site.pages, settings);
	const isNothing = !page && !redirect && path !== undefined;
	const virtual = isNothing && settings.missingPage === 'virtual';
	return virtual ? ok({ page: xml.virtual(path) }) : read();
}

/** `revision` of the query; 404 for one that the page never had. */
function atRevision(call: Call, page: Page): Page {
	const wanted = call.query.get('revision');
	if (wanted === null) return page;
	const found = pageAt(page, wholeNumber(wanted, 'revision'));
	if (!found) throw new ApiError(404, 'Revision could not be found');
	return found;
}

/** With what `include` adds and without what `exclude` takes away; unknown words do nothing. */
function fullPage(call: Call, page: Page, backend: Backend): XmlData {
	const { site, xml } = backend;
	const parent = site.pages.parentOf(page);
	const shownParent = parent && maySee(call.user, parent) ? parent : undefined;
	const include = listOf(call, 'include');
	const file = site.filesOf(page).map((each) => fileXml(each, page, backend));
	return {
		...xml.full(page, call.user, shownParent),
		...(listOf(call, 'exclude').includes('files')
			? {}
			: { files: { '@count': file.length, file } }),
		...(include.includes('contents') ? contentsReply(call, page).data : {}),
		...(include.includes('draft') && page.draft ? { draft: draftXml(page, backend) } : {}),
	};
}
