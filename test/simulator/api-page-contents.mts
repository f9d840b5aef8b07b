import { bodyOf, need, ok, type Call, type Reply } from './call.mts';
import { ApiError } from './errors.mts';
import { isoSeconds } from './events.mts';
import type { FoundPage } from './page-key.mts';
import type { PageXml } from './page-xml.mts';
import type { Page } from './pages.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import { childrenOf } from './xml.mts';

/** POST contents (§7.3): creates the page at a path, or makes a new revision. */
export function saveContents(
	call: Call,
	{ page, path }: FoundPage,
	site: Site,
	settings: Settings,
	xml: PageXml,
): Reply {
	const existing = page?.deleted ? undefined : page;
	need(call, existing ? 'UPDATE' : 'CREATE');
	if (!existing && path === undefined) throw new ApiError(404, 'Page could not be found');
	const edittime = call.query.get('edittime');
	if (edittime === null) {
		const message = "The parameter 'edittime' is missing but it is required.";
		throw new ApiError(400, message, 'System.API.Error.missing-argument');
	}
	if (!/^(now|\d{14})$/.test(edittime)) throw new ApiError(400, "Invalid 'edittime'");
	const html = htmlOf(call);
	const title = call.query.get('title') ?? undefined;
	const by = call.user.id;
	if (existing && inConflict(call, existing, edittime)) {
		const data = { edit: { '@status': 'conflict', page: xml.info(existing) } };
		return { status: settings.editConflictStatus, data };
	}
	const comment = call.query.get('comment') ?? undefined;
	const change = existing
		? site.editPage(existing, { html: sectioned(call, existing, html), title, comment, by })
		: site.createPage(path as string, { html, title, by });
	return ok({ edit: { '@status': 'success', page: xml.info(change.page) } });
}

/** `abort`: never, modified (since the edit time), exists. */
function inConflict(call: Call, page: Page, edittime: string): boolean {
	const abort = call.query.get('abort') ?? 'never';
	if (abort === 'exists') return true;
	const lastEdit = isoSeconds(page.edited).replace(/\D/g, '');
	return abort === 'modified' && edittime !== 'now' && edittime < lastEdit;
}

/** `section=0` appends; other sections are not simulated and replace the text. */
function sectioned(call: Call, page: Page, html: string): string {
	return call.query.get('section') === '0' ? page.html + html : html;
}

/** Plain text is taken as it is; XML must be well-formed, without HTML entities (§7.3). */
function htmlOf(call: Call): string {
	if (/^text\//i.test(call.contentType)) return call.text;
	const root = bodyOf(call, 'content');
	const body = childrenOf(root).find(({ nodeName }) => nodeName === 'body');
	if (!body) throw new ApiError(400, "Cannot parse feature argument 'body'");
	if (childrenOf(body).length === 0) return body.textContent;
	return /<body\b[^>]*>([^]*)<\/body>/.exec(call.text)?.[1] ?? '';
}
