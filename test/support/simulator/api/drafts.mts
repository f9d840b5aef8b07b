import { allNeed, ok, wholeNumber, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { ApiError, pageNotFound } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Draft, Page } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { type ApiXml, article, contentsReply } from './xml.mts';
import { diffReply } from './diff.mts';
import { existingPage, findPage, maySee, newPath } from './page-key.mts';
import {
	assertStructure,
	assertTemplates,
	conflict,
	inConflict,
	readSave,
	replaceRedirect,
	sectioned,
} from './page-writes.mts';
import { wantedTags } from './pages.mts';

/** The draft calls of docs/vendor-facts.md#drafts; identifiers are those of pages. */
export const draftRoutes: Route[] = [
	['get', '/drafts', listDrafts],
	['get', '/drafts/:pageid', readDraft],
	['get', '/drafts/:pageid/contents', readContents],
	['post', '/drafts/:pageid/contents', saveDraft],
	['get', '/drafts/:pageid/diff', compare],
	['get', '/drafts/:pageid/tags', readTags],
	['put', '/drafts/:pageid/tags', setTags],
	...allNeed('DRAFT_CREATE', [['post', '/drafts/:pageid/create', createDraft]]),
	['post', '/drafts/:pageid/activate', activate],
	['post', '/drafts/:pageid/publish', publish],
	['post', '/drafts/:pageid/deactivate', deactivate],
];

/** Who may not see the page gets what the page would give; who may not write drafts, 403. */
function pageOf(call: Call, backend: Backend, operation = 'DRAFT_UPDATE'): Page {
	const page = existingPage(call, backend, 'READ');
	call.need(operation);
	return page;
}

/** Calls that need a draft get 404 where there is none. */
function draftOf(page: Page): Draft {
	if (!page.draft) throw new ApiError(404, 'Draft could not be found');
	return page.draft;
}

const MAX_DRAFTS = 1000;

/** In no stated order; an entry is the page with its draft: docs/vendor-facts.md#drafts. */
function listDrafts(call: Call, backend: Backend): Reply {
	call.need('DRAFT_UPDATE');
	const tags = call.list('tags');
	const limit = wholeNumber(call.query.get('limit'), 'limit', 10);
	const drafts = pagesBelow(call.query.get('parentid'), backend)
		.filter((page) => page.draft && maySee(call.user, page))
		.filter((page) => tags.every((tag) => page.draft?.tags.includes(tag)))
		.slice(0, Math.min(limit, MAX_DRAFTS));
	const withTags = call.list('include').includes('tags');
	return ok({
		drafts: { pages: { page: drafts.map((page) => listedDraft(page, withTags, backend.xml)) } },
	});
}

function pagesBelow(parentId: string | null, { site: { pages }, settings }: Backend): Page[] {
	if (parentId === null) return pages.current;
	const parent = pages.byId.get(wholeNumber(parentId, 'parentid'));
	if (!parent) throw pageNotFound();
	return settings.findDepth === 'tree' ? pages.below(parent) : pages.childrenOf(parent);
}

function listedDraft(page: Page, withTags: boolean, xml: ApiXml): XmlData {
	const { edited, tags } = draftOf(page);
	const { id, draftState } = page;
	return {
		...xml.short(page),
		'date.edited': isoSeconds(edited),
		'date.modified': isoSeconds(edited),
		'user.createdby': xml.userBlock(page.createdBy),
		'user.author': xml.userBlock(page.author),
		...(withTags ? { tags: xml.tags({ ...page, tags }) } : {}),
		draft: { '@id': id, '@href': xml.href(`drafts/${id}`), ...statesOf(draftState) },
	};
}

function readDraft(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	if (backend.settings.draftOfPlainPage === 'notFound') draftOf(page);
	return ok({ draft: fullDraft(page, backend) });
}

function readContents(call: Call, backend: Backend): Reply {
	return contentsReply(call, draftOf(pageOf(call, backend)), { '@draft': true, tail: '' });
}

function saveDraft(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	const draft = draftOf(page);
	const { edittime, ...save } = readSave(call);
	if (inConflict(call, draft.edited, edittime)) {
		return conflict(backend.settings, { draft: savedDraft(page, backend) });
	}
	const html = sectioned(call, draft.html, save.html);
	backend.site.editDraft(page, { ...save, html, by: call.user.id });
	return ok({ edit: { '@status': 'success', draft: savedDraft(page, backend) } });
}

function compare(call: Call, backend: Backend): Reply {
	const { earlier, html, revision } = draftOf(pageOf(call, backend));
	return diffReply(call, (number) => (number === revision ? html : earlier[number]));
}

function readTags(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	return ok({ tags: backend.xml.tags({ ...page, tags: draftOf(page).tags }) });
}

/** Replaces all tags of the draft; those of the page stay until it is published. */
function setTags(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	const draft = draftOf(page);
	const wanted = wantedTags(call);
	assertStructure(call, wanted, backend.site.pages.parentsOf(page));
	draft.tags = wanted;
	return readTags(call, backend);
}

/** A new page; 409 where one is already. */
function createDraft(call: Call, backend: Backend): Reply {
	const { page, path } = findPage(call.param('pageid'), backend.site.pages);
	if (page && !page.deleted) throw new ApiError(409, `A page exists at '${page.path}'`);
	if (path === undefined) throw pageNotFound();
	const free = newPath(path);
	replaceRedirect(call, free, backend);
	const type = call.query.get('type');
	const tags = type === null ? [] : [`article:${type}`];
	const title = call.query.get('title') ?? undefined;
	const { page: made } = backend.site.createDraft(free, { tags, title, by: call.user.id });
	return ok({ draft: shortDraft(made, backend) });
}

/** Of a page that has a draft already, the draft stays as it is, or it is a conflict. */
function activate(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	const isConflict = page.draft && backend.settings.activatedAgain === 'conflict';
	if (isConflict) throw new ApiError(409, 'The page has a draft');
	backend.site.activateDraft(page, { by: call.user.id });
	return ok({ draft: fullDraft(page, backend) });
}

function publish(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend, 'UPDATE');
	assertTemplates(call, draftOf(page).html, backend);
	backend.site.publishDraft(page, { by: call.user.id });
	return ended(page, backend);
}

/** A page that is a draft only has `deactivate="false"`: nothing would be left of it. */
function deactivate(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend, 'DRAFT_DELETE');
	draftOf(page);
	if (page.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft only');
	backend.site.deactivateDraft(page);
	return ended(page, backend);
}

/** The address alone is left. */
function ended(page: Page, { xml }: Backend): Reply {
	const { id, path, draftState } = page;
	const href = { '@href': xml.href(`drafts/${id}`), '@state': draftState };
	return ok({ draft: { ...href, 'uri.ui': draftUi(path, xml) } });
}

function draftUi(path: string, xml: ApiXml): string {
	const address = xml.ui(path);
	return `${address}${address.includes('?') ? '&' : '?'}mt-draft=true`;
}

function statesOf(state: Page['draftState']): XmlData {
	return { '@state': state, '@publish': state !== 'inactive', '@deactivate': state === 'active' };
}

/** What a call gives that makes a draft from nothing. */
function shortDraft(page: Page, { xml }: Backend): XmlData {
	const { id, path, draftState: state } = page;
	return {
		...{ '@id': id, '@href': xml.href(`drafts/${id}`), ...statesOf(state) },
		'uri.ui': draftUi(path, xml),
		title: (page.draft ?? page).title,
		path: { '@seo': true, '#': path },
	};
}

function savedDraft(page: Page, backend: Backend): XmlData {
	return { ...shortDraft(page, backend), '@revision': (page.draft ?? page).revision };
}

/** Of a page without a draft, the published text with state inactive: see docs/vendor-facts.md#drafts. */
function fullDraft(page: Page, backend: Backend): XmlData {
	const { site, xml } = backend;
	const { edited, tags } = page.draft ?? page;
	const parent = site.pages.parentOf(page);
	return {
		...savedDraft(page, backend),
		'date.created': isoSeconds(page.created),
		'date.edited': isoSeconds(edited),
		'date.modified': isoSeconds(edited),
		'user.createdby': xml.userBlock(page.createdBy),
		'user.author': xml.userBlock(page.author),
		...(parent ? { 'page.parent': { ...xml.short(parent), ...article(parent) } } : {}),
		tags: xml.tags({ ...page, tags }),
		...article({ tags }),
	};
}
