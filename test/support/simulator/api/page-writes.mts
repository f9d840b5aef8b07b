import { ok, type Backend, type Call, type Reply } from '../http/call.mts';
import { ApiError, missingParameter, pageNotFound } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import { normalPath, type Page } from '../site/pages.mts';
import { childrenOf } from '../xml.mts';
import { assertMaySee, existingPage, findPage, ownRedirect } from './page-key.mts';

/** A text that is to be saved, of a page or a draft. */
export interface Save {
	html: string;
	title?: string;
	comment?: string;
	edittime: string;
}

/**
 * POST contents creates the page at a path, or makes a new revision: see
 * docs/vendor-facts.md#writing-pages.
 */
export function saveContents(call: Call, { site, settings, xml }: Backend): Reply {
	const { page, path } = findPage(call.param('pageid'), site.pages);
	const existing = page?.deleted ? undefined : page;
	call.need(existing ? 'UPDATE' : 'CREATE');
	if (existing) assertMaySee(call.user, existing);
	else if (path === undefined) throw pageNotFound();
	if (existing?.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft');
	const { edittime, ...save } = readSave(call);
	const by = call.user.id;
	if (existing && inConflict(call, existing.edited, edittime)) {
		const data = { edit: { '@status': 'conflict', page: xml.info(existing) } };
		return { status: settings.editConflictStatus, data };
	}
	const change = existing
		? site.editPage(existing, { ...save, html: sectioned(call, existing.html, save.html), by })
		: site.createPage(path as string, { ...save, by });
	return ok({ edit: { '@status': 'success', page: xml.info(change.page) } });
}

/** Body and query of a save; 400 when `edittime` or the body is not as it must be. */
export function readSave(call: Call): Save {
	const edittime = call.query.get('edittime');
	if (edittime === null) throw missingParameter('edittime');
	if (!/^(now|\d{14})$/.test(edittime)) throw new ApiError(400, "Invalid 'edittime'");
	const title = call.query.get('title') ?? undefined;
	const comment = call.query.get('comment') ?? undefined;
	return { html: htmlOf(call), title, comment, edittime };
}

/** `abort`: never, modified (since the edit time), exists. */
export function inConflict(call: Call, edited: Date, edittime: string): boolean {
	const abort = call.oneOf('abort', ['never', 'modified', 'exists']);
	if (abort === 'exists') return true;
	const lastEdit = isoSeconds(edited).replace(/\D/g, '');
	return abort === 'modified' && edittime !== 'now' && edittime < lastEdit;
}

/** `section=0` appends; other sections are not simulated and replace the text. */
export function sectioned(call: Call, before: string, html: string): string {
	return call.query.get('section') === '0' ? before + html : html;
}

/**
 * Plain text is taken as it is; XML must be well-formed, without HTML entities: see
 * docs/vendor-facts.md#writing-pages.
 */
function htmlOf(call: Call): string {
	if (/^text\//i.test(call.contentType)) return call.text;
	const root = call.body('content');
	const [body, ...more] = childrenOf(root).filter(({ nodeName }) => nodeName === 'body');
	if (!body || more.length > 0) throw new ApiError(400, "Cannot parse feature argument 'body'");
	if (childrenOf(body).length === 0) return body.textContent;
	return /<body\b[^>]*>([^]*)<\/body>/.exec(call.text)?.[1] ?? '';
}

/**
 * The new path is in the query; no body; 409 where a page is already: see
 * docs/vendor-facts.md#writing-pages.
 */
export function move(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'UPDATE');
	refuseHome(page);
	const to = targetOf(call);
	if (isBelow(to, page)) throw new ApiError(409, 'A page cannot be moved below itself');
	refuseTaken(to, backend, page);
	const title = call.query.get('title') ?? undefined;
	const { page: moved } = backend.site.movePage(page, to, { by: call.user.id, title });
	return ok({ 'pages.moved': { '@count': 1, page: backend.xml.short(moved) } });
}

export function copy(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'CREATE');
	if (page.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft');
	const to = targetOf(call);
	refuseTaken(to, backend);
	const { pages } = backend.site.copyPage(page, to, {
		by: call.user.id,
		title: call.query.get('title') ?? undefined,
		recursive: call.flag('recursive'),
		tags: call.flag('tags', true),
		attachments: call.flag('attachments', true),
	});
	return ok({ 'pages.copied': listed(pages, backend) });
}

/** Into the archive; a redirect that the call means itself is gone. */
export function remove(call: Call, backend: Backend): Reply {
	const redirect = ownRedirect(call, backend);
	if (redirect) {
		call.need('DELETE');
		backend.site.pages.dropRedirect(redirect);
		return ok({ deletedpages: { '@count': 1, page: backend.xml.redirect(redirect) } });
	}
	const page = existingPage(call, backend, 'DELETE');
	refuseHome(page);
	const recursive = call.flag('recursive');
	const { pages } = backend.site.deletePage(page, { by: call.user.id, recursive });
	return ok({ deletedpages: listed(pages, backend) });
}

/** 409 where a page is already. */
export function refuseTaken(path: string, { site }: Backend, except?: Page): void {
	const other = site.pages.byPath(path);
	if (other && other !== except) throw new ApiError(409, `A page exists at '${path}'`);
}

function listed(pages: Page[], { xml }: Backend) {
	return { '@count': pages.length, page: pages.map((each) => xml.short(each)) };
}

function refuseHome({ path }: Page): void {
	if (path === '') throw new ApiError(403, 'The home page cannot be moved or deleted');
}

function isBelow(path: string, page: Page): boolean {
	return path.toLowerCase().startsWith(`${page.path.toLowerCase()}/`);
}

/** Other ways to say where to are not simulated. */
function targetOf(call: Call): string {
	const to = call.query.get('to');
	if (to === null) throw missingParameter('to');
	return normalPath(to);
}
