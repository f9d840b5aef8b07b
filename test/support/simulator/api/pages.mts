import { ok, wholeNumber, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { ApiError, invalidInput } from '../http/errors.mts';
import { type Settings, siteNow } from '../settings.mts';
import { type Page, pageAt } from '../site/pages.mts';
import { childrenOf, type XmlData } from '../xml.mts';
import { contentsReply, articleOf } from './xml.mts';
import { diffReply } from './diff.mts';
import { fileXml } from './files.mts';
import { existingPage, findPage, maySee, ownRedirect } from './page-key.mts';
import { propertiesXml } from './properties.mts';
import { assertStructure, copy, move, remove, revert, saveContents } from './page-writes.mts';

/**
 * The page calls of docs/vendor-facts.md#reading-pages, docs/vendor-facts.md#writing-pages and
 * docs/vendor-facts.md#tags.
 */
export const pageRoutes: Route[] = [
	['get', '/pages/:pageid', readPage],
	['get', '/pages/:pageid/info', readInfo],
	['get', '/pages/:pageid/contents', readContents],
	['get', '/pages/:pageid/revisions', readRevisions],
	['get', '/pages/:pageid/diff', compare],
	['post', '/pages/:pageid/revert', revert],
	['get', '/pages/:pageid/subpages', readSubpages],
	['get', '/pages/:pageid/find', find],
	['get', '/pages/:pageid/tags', readTags],
	['put', '/pages/:pageid/tags', setTags],
	['post', '/pages/:pageid/contents', saveContents],
	['post', '/pages/:pageid/move', move],
	['post', '/pages/:pageid/copy', copy],
	['delete', '/pages/:pageid', remove],
];

function readPage(call: Call, backend: Backend): Reply {
	const deletedToo = call.query.get('includeDeleted') === 'true';
	return orVirtual(call, backend, () => {
		const page = existingPage(call, backend, 'READ', { deletedToo });
		return ok({ page: fullPage(call, page, backend) });
	});
}

function readInfo(call: Call, backend: Backend): Reply {
	return orVirtual(call, backend, () => ok({ page: backend.xml.info(existingPage(call, backend, 'READ')) }));
}

function readContents(call: Call, backend: Backend): Reply {
	const page = atRevision(call, existingPage(call, backend, 'READ'));
	const isView = call.oneOf('mode', ['view', 'edit', 'raw']) === 'view';
	const isRendered = isView && backend.settings.viewedContents === 'rendered';
	return contentsReply(call, isRendered ? { ...page, html: rendered(page) } : page);
}

/** As readers see it: sections and lists are marked. */
function rendered({ html, path }: Page): string {
	const section = `<div mt-section-origin="${path}" class="mt-section">${html}</div>`;
	return `${section}<div class="mt-subpage-listings-container"></div>`;
}

/** Newest first, without counts; one by its number is a page: docs/vendor-facts.md#reading-pages. */
function readRevisions(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'READ');
	if (call.query.has('revision')) {
		const { revision: number } = atRevision(call, page);
		const one = page.revisions.filter((each) => each.number === number);
		return ok({ page: one.map((each) => backend.xml.revision(page, each)) });
	}
	const shown = call.window(page.revisions.toReversed(), 50, backend.settings);
	return ok({ pages: { page: shown.map((each) => backend.xml.revision(page, each)) } });
}

function compare(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'READ');
	return diffReply(call, (number) => pageAt(page, number)?.html);
}

/** Direct children only; the element is `page.subpage`. */
function readSubpages(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const page = existingPage(call, backend, 'READ');
	const articles = call.list('article');
	const children = site.pages
		.childrenOf(page)
		.filter((child) => maySee(call.user, child))
		.filter((child) => articles.length === 0 || articles.includes(articleOf(child) ?? ''));
	const shown = call.window(children, 100, settings);
	const counts = site.pages.childCounts;
	return ok({
		subpages: {
			'@totalcount': children.length,
			'@count': shown.length,
			'@href': xml.href(`pages/${page.id}/subpages`),
			'page.subpage': shown.map((child) =>
				xml.subpage(child, counts.get(child.path.toLowerCase()) ?? 0, site.filesOf(child).length),
			),
		},
	});
}

/** What `find` gives at most: docs/vendor-facts.md#reading-pages. */
const MAX_FOUND = 1000;

/** All tags must be there; `since` and `upto` are times of the last change, both included. */
function find(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const top = existingPage(call, backend, 'READ');
	const tags = call.list('tags');
	const since = timeOf(call, 'since') ?? 0;
	const upto = timeOf(call, 'upto') ?? secondOf(siteNow(settings));
	const withTags = call.list('include').includes('tags');
	const page = (settings.findDepth === 'tree' ? site.pages.below(top) : site.pages.childrenOf(top))
		.filter((each) => maySee(call.user, each))
		.flatMap((each) => asListed(each, settings))
		.filter((each) => tags.every((tag) => each.tags.includes(tag)))
		.filter(({ modified }) => secondOf(modified) >= since && secondOf(modified) <= upto)
		.slice(0, MAX_FOUND)
		.map((each) => xml.found(each, withTags));
	return ok({ pages: { '@count': page.length, '@totalcount': page.length, page } });
}

/** The page as it was when the list last saw it. */
function asListed(page: Page, settings: Settings): Page[] {
	const seenAt = siteNow(settings).getTime() - settings.listsLateBySeconds * 1000;
	if (settings.listsLateBySeconds === 0 || page.modified.getTime() <= seenAt) return [page];
	const modified = page.revisions.findLast(({ date }) => date.getTime() <= seenAt)?.date;
	return modified ? [{ ...page, modified }] : [];
}

const secondOf = (time: Date) => Math.floor(time.getTime() / 1000);

/** Unix seconds of either form: `yyyyMMddHHmmss`, `yyyy-MM-ddTHH:mm:ssZ`. */
function timeOf(call: Call, name: string): number | undefined {
	const text = call.query.get(name);
	if (text === null) return undefined;
	const iso = text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z');
	const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso) ? Date.parse(iso) : Number.NaN;
	if (Number.isNaN(time)) throw invalidInput(`'${name}' is no time`);
	return time / 1000;
}

function readTags(call: Call, backend: Backend): Reply {
	return ok({ tags: backend.xml.tags(existingPage(call, backend, 'READ')) });
}

/** The tags in the body of a call that sets them. */
export function wantedTags(call: Call): string[] {
	return childrenOf(call.body('tags'))
		.filter(({ nodeName }) => nodeName === 'tag')
		.map((tag) => tag.getAttribute('value') ?? '')
		.filter(Boolean);
}

/** Replaces all tags, which is told of also when they were the same. A draft page refuses it with 403: see docs/vendor-facts.md#tags. */
function setTags(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'UPDATE');
	if (page.draftState === 'unpublished') throw new ApiError(403, 'Use the draft tags of a draft');
	const wanted = wantedTags(call);
	assertStructure(call, wanted, backend.site.pages.parentsOf(page));
	const add = backend.settings.tagSpelling === 'one' ? respelled(wanted, page, backend) : wanted;
	const remove = page.tags.filter((tag) => !wanted.includes(tag));
	backend.site.tagPage(page, { add, remove, always: true, by: call.user.id });
	return ok({ tags: backend.xml.tags(page) });
}

/**
 * The new spelling of a tag becomes that of all pages. If the page itself has the tag in another one, that is removed
 * and none is added.
 */
function respelled(wanted: string[], page: Page, { site }: Backend): string[] {
	const key = (tag: string) => tag.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
	const spelled = new Map(wanted.map((tag) => [key(tag), tag]));
	for (const other of site.pages.current.filter((each) => each !== page)) {
		other.tags = other.tags.map((tag) => spelled.get(key(tag)) ?? tag);
	}
	const isOther = (tag: string) => (own: string) => own !== tag && key(own) === key(tag);
	return wanted.filter((tag) => !page.tags.some(isOther(tag)));
}

/**
 * A path without a page can be a virtual page; a redirect is a page, too:
 * docs/vendor-facts.md#virtual-pages-and-redirects.
 */
function orVirtual(call: Call, backend: Backend, read: () => Reply): Reply {
	const { settings, xml } = backend;
	call.need('READ');
	const redirected = ownRedirect(call, backend);
	if (redirected && settings.marksRedirects) return ok({ page: xml.redirect(redirected) });
	const { page, path, redirect } = findPage(call.param('pageid'), backend.site.pages);
	const isNothing = !page && !redirect && path !== undefined;
	const isVirtual = isNothing && settings.missingPage === 'virtual';
	return isVirtual ? ok({ page: xml.virtual(path) }) : read();
}

/** `revision` of the query; 404 for one that the page never had. */
function atRevision(call: Call, page: Page): Page {
	const wanted = call.query.get('revision');
	if (wanted === null) return page;
	const found = pageAt(page, wholeNumber(wanted, 'revision'));
	if (!found) throw new ApiError(404, 'Revision could not be found');
	return found;
}

/** Without the files where `exclude` says so; what else it and `include` can do is not simulated. */
function fullPage(call: Call, page: Page, backend: Backend): XmlData {
	const { site, xml } = backend;
	const parents = site.pages.parentsOf(page).filter((parent) => maySee(call.user, parent));
	const file = site.filesOf(page).map((each) => fileXml(each, page, backend));
	const href = xml.href(`pages/${page.id}/files?redirects=0`);
	const files = { '@count': file.length, '@href': href, file };
	return {
		...xml.full(page, parents),
		properties: propertiesXml(page, xml),
		...(call.list('exclude').includes('files') ? {} : { files }),
	};
}
