import { allNeed, ok, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { ApiError, pageNotFound } from '../http/errors.mts';
import { isoSeconds, uuidV1 } from '../events/event.mts';
import type { Draft, Page } from '../site/pages.mts';
import type { XmlData } from '../xml.mts';
import { contentsReply } from './xml.mts';
import { existingPage, findPage } from './page-key.mts';
import { inConflict, readSave, sectioned } from './page-writes.mts';

/** The draft calls of docs/vendor-facts.md#drafts; identifiers are those of pages. */
export const draftRoutes: Route[] = [
	['get', '/drafts/:pageid', readDraft],
	['get', '/drafts/:pageid/contents', readContents],
	['post', '/drafts/:pageid/contents', saveDraft],
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
	const { page, path } = findPage(call.param('pageid'), backend.site.pages);
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

/**
 * `<draft>`; of a page without a draft, the published text with state inactive: see
 * docs/vendor-facts.md#drafts.
 */
function draftXml(page: Page, { xml }: Backend): XmlData {
	const { id, path, draftState: state } = page;
	const { title, revision, edited } = page.draft ?? page;
	const href = xml.href(`drafts/${id}`);
	return {
		...{ '@id': id, '@href': href, '@state': state },
		'@publish': state !== 'inactive',
		'@deactivate': state === 'active',
		'@revision': revision,
		'uri.ui': `${xml.ui(path)}?mt-draft=true`,
		...{ title, namespace: 'main', path: { '@seo': true, '#': path } },
		contents: { '@href': `${href}/contents` },
		'date.created': isoSeconds(page.created),
		'date.edited': isoSeconds(edited),
		'date.modified': isoSeconds(edited),
		timeuuid: page.draft?.timeuuid ?? page.revisions.at(-1)?.timeuuid ?? uuidV1(page.created),
	};
}
