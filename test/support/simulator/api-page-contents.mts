import { assertMaySee } from './access.mts';
import type { Backend } from './backend.mts';
import { bodyOf, need, ok, oneOf, type Call, type Reply, param } from './call.mts';
import { ApiError, missingParameter, pageNotFound } from './errors.mts';
import { isoSeconds } from './events.mts';
import { findPage } from './page-key.mts';
import { childrenOf } from './xml.mts';

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
	const { page, path } = findPage(param(call, 'pageid'), site.pages, settings);
	const existing = page?.deleted ? undefined : page;
	need(call, existing ? 'UPDATE' : 'CREATE');
	if (existing) assertMaySee(call.user, existing, settings);
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
	const abort = oneOf(call, 'abort', ['never', 'modified', 'exists']);
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
	const root = bodyOf(call, 'content');
	const [body, ...more] = childrenOf(root).filter(({ nodeName }) => nodeName === 'body');
	if (!body || more.length > 0) throw new ApiError(400, "Cannot parse feature argument 'body'");
	if (childrenOf(body).length === 0) return body.textContent;
	return /<body\b[^>]*>([^]*)<\/body>/.exec(call.text)?.[1] ?? '';
}
