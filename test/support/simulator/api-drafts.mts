import { maySee } from './access.mts';
import { inConflict, readSave, sectioned } from './api-page-contents.mts';
import { tagsOf } from './api-pages.mts';
import type { Backend } from './backend.mts';
import {
	listOf,
	need,
	ok,
	wholeNumber,
	type Call,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { contentsReply } from './contents-xml.mts';
import { draftXml } from './draft-xml.mts';
import { ApiError, invalidInput, pageNotFound } from './errors.mts';
import { existingPage, findPage } from './page-key.mts';
import type { Draft, Page } from './pages.mts';

/** The draft calls of docs/vendor-facts.md#drafts; identifiers are those of pages. */
export function draftRoutes(backend: Backend): Route[] {
	const one = '/drafts/:pageid';
	return [
		['get', '/drafts', (call) => listDrafts(call, backend)],
		['get', one, (call) => readDraft(call, backend)],
		['get', `${one}/contents`, (call) => readContents(call, backend)],
		['post', `${one}/contents`, (call) => saveDraft(call, backend)],
		['post', `${one}/create`, (call) => createDraft(call, backend)],
		['post', `${one}/activate`, (call) => activate(call, backend)],
		['post', `${one}/publish`, (call) => publish(call, backend)],
		['post', `${one}/deactivate`, (call) => deactivate(call, backend)],
		['get', `${one}/tags`, (call) => readTags(call, backend)],
		['put', `${one}/tags`, (call) => setTags(call, backend)],
	];
}

/** No offset; `limit` at most 1000. `parentid` is taken to mean children. */
function listDrafts(call: Call, backend: Backend): Reply {
	const { site, xml } = backend;
	need(call, 'DRAFT_UPDATE');
	const limit = wholeNumber(call.query.get('limit'), 'limit', 10);
	if (limit > 1000) throw invalidInput("'limit' must be 1000 or less");
	const tags = listOf(call, 'tags');
	const parentId = call.query.get('parentid');
	const withTags = listOf(call, 'include').includes('tags');
	const page = site.pages.current
		.filter((each) => each.draft && maySee(call.user, each))
		.filter(({ draft }) => tags.every((tag) => draft?.tags.includes(tag)))
		.filter((each) => parentId === null || String(site.pages.parentOf(each)?.id) === parentId)
		.slice(0, limit)
		.map((each) => ({
			...xml.short(each),
			draft: draftXml(each, backend),
			...(withTags
				? { tags: xml.tags({ id: each.id, tags: each.draft?.tags ?? [] }, 'drafts') }
				: {}),
		}));
	return ok({ drafts: { pages: { page } } });
}

/** Who may not see the page gets what the page would give; who may not write drafts, 403. */
function pageOf(call: Call, backend: Backend, operation = 'DRAFT_UPDATE'): Page {
	const page = existingPage(call, backend, { operation: 'READ' });
	need(call, operation);
	return page;
}

/** Calls that need a draft get 404 where there is none. */
function draftOf(page: Page): Draft {
	if (!page.draft) throw new ApiError(404, 'Draft could not be found');
	return page.draft;
}

function shown(page: Page, backend: Backend): Reply {
	return ok({ draft: draftXml(page, backend) });
}

function readDraft(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	if (backend.settings.draftOfPlainPage === 'notFound') draftOf(page);
	return shown(page, backend);
}

function readContents(call: Call, backend: Backend): Reply {
	return contentsReply(call, draftOf(pageOf(call, backend)), { '@draft': true });
}

function saveDraft(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	const draft = draftOf(page);
	const { edittime, ...save } = readSave(call);
	if (inConflict(call, draft.edited, edittime)) {
		const data = { edit: { '@status': 'conflict', draft: draftXml(page, backend) } };
		return { status: backend.settings.editConflictStatus, data };
	}
	const html = sectioned(call, draft.html, save.html);
	backend.site.editDraft(page, { ...save, html, by: call.user.id });
	return ok({ edit: { '@status': 'success', draft: draftXml(page, backend) } });
}

/** A new page; 409 where one is already. */
function createDraft(call: Call, backend: Backend): Reply {
	need(call, 'DRAFT_CREATE');
	const { page, path } = findPage(param(call, 'pageid'), backend.site.pages, backend.settings);
	if (page && !page.deleted) throw new ApiError(409, `A page exists at '${page.path}'`);
	if (path === undefined) throw pageNotFound();
	return shown(backend.site.createDraft(path, { by: call.user.id }).page, backend);
}

/** Of a page that has a draft already, the draft stays as it is. */
function activate(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend);
	backend.site.activateDraft(page, { by: call.user.id });
	return shown(page, backend);
}

function publish(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend, 'UPDATE');
	draftOf(page);
	backend.site.publishDraft(page, { by: call.user.id });
	return shown(page, backend);
}

/** A page that is a draft only has `deactivate="false"`: nothing would be left of it. */
function deactivate(call: Call, backend: Backend): Reply {
	const page = pageOf(call, backend, 'DRAFT_DELETE');
	draftOf(page);
	if (page.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft only');
	backend.site.deactivateDraft(page);
	return shown(page, backend);
}

function readTags(call: Call, backend: Backend): Reply {
	const { id, draft } = withDraft(pageOf(call, backend));
	return ok({ tags: backend.xml.tags({ id, tags: draft.tags }, 'drafts') });
}

/** Replaces all tags, as for pages. */
function setTags(call: Call, backend: Backend): Reply {
	const { page, id } = withDraft(pageOf(call, backend));
	const tags = tagsOf(call);
	backend.site.tagDraft(page, tags, { by: call.user.id });
	return ok({ tags: backend.xml.tags({ id, tags }, 'drafts') });
}

const withDraft = (page: Page) => ({ page, id: page.id, draft: draftOf(page) });
