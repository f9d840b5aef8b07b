import { ok, wholeNumber, type Backend, type Call, type Reply } from '../http/call.mts';
import { ApiError, missingParameter, pageNotFound, unparsableArgument } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import { isBelowPath, type Page, pageAt, type Redirect } from '../site/pages.mts';
import type { Settings } from '../settings.mts';
import { childrenOf, type XmlData } from '../xml.mts';
import { assertMaySee, existingPage, findPage, type FoundPage, newPath, ownRedirect, targetOf } from './page-key.mts';

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
export function saveContents(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const own = settings.marksRedirects ? undefined : ownRedirect(call, backend);
	if (own) return saveRedirect(call, own, backend);
	const { page, path } = written(call, backend);
	const existing = page?.deleted ? undefined : page;
	call.need(existing ? 'UPDATE' : 'CREATE');
	if (existing) assertMaySee(call, existing);
	else if (path === undefined) throw pageNotFound();
	else newPath(path);
	if (existing?.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft');
	const { edittime, ...save } = readSave(call);
	const by = call.user.id;
	if (existing) refuseOlder(call, existing);
	if (existing && inConflict(call, existing.edited, edittime)) {
		return conflict(settings, { page: xml.info(existing) });
	}
	if (!existing) refuseSection(call);
	const change = existing
		? site.editPage(existing, { ...save, html: sectioned(call, existing.html, save.html), by })
		: site.createPage(freePath(call, path as string, backend), { ...save, by });
	return ok({ edit: { '@status': 'success', page: xml.info(change.page) } });
}

/** Somebody has written it while this call was under way: docs/vendor-facts.md#writing-pages. */
function refuseOlder({ writesBefore }: Call, { lastWrite = 0, path }: Page): void {
	if (lastWrite <= writesBefore) return;
	const newer = `A newer version of page '${path}' already exists or it could not be found.`;
	throw new ApiError(409, `${newer} Try the request again.`);
}

/** A redirect without a mark is followed, unless the call means itself: docs/vendor-facts.md#virtual-pages-and-redirects. */
function written(call: Call, backend: Backend): FoundPage {
	const found = findPage(call.param('pageid'), backend.site.pages);
	const isFollowed = !backend.settings.marksRedirects;
	return isFollowed && found.redirect ? { page: found.redirect.to } : found;
}

/** A page takes the place and the ID of the redirect. */
function saveRedirect(call: Call, redirect: Redirect, { site, xml }: Backend): Reply {
	call.need('CREATE');
	const { edittime: _, ...save } = readSave(call);
	refuseSection(call);
	const { page } = site.writeOverRedirect(redirect, { ...save, by: call.user.id });
	return ok({ edit: { '@status': 'success', page: xml.info(page) } });
}

/** There is nothing to append to: docs/vendor-facts.md#writing-pages. */
function refuseSection(call: Call): void {
	if (!call.query.has('section')) return;
	throw new ApiError(400, 'A new page has no sections');
}

/** Of a save that `abort` forbids: docs/vendor-facts.md#writing-pages. */
export function conflict({ editConflictStatus: status }: Settings, saved: XmlData): Reply {
	if (status === 200) return ok({ edit: { '@status': 'conflict', ...saved } });
	throw new ApiError(status, 'The text exists already or has changed');
}

/** Body and query of a save; 400 when `edittime` or the body is not as it must be. */
export function readSave(call: Call): Save {
	const edittime = call.query.get('edittime');
	if (edittime === null) throw missingParameter('edittime');
	if (!/^(now|\d{14})$/.test(edittime)) throw new ApiError(400, "Invalid 'edittime'");
	const title = call.query.get('title') ?? undefined;
	const comment = call.query.get('comment') ?? undefined;
	return { html: tidied(htmlOf(call)), title, comment, edittime };
}

/** A site tidies what it saves; of that, two elements: docs/vendor-facts.md#writing-pages. */
function tidied(html: string): string {
	const names = { b: 'strong', i: 'em' } as const;
	return html.replace(/(<\/?)([bi])(?=[\s/>])/gi, (_, start: string, name: string) => {
		return start + names[name.toLowerCase() as 'b' | 'i'];
	});
}

/** `abort`: never, modified (since the edit time), exists. */
export function inConflict(call: Call, edited: Date, edittime: string): boolean {
	const abort = call.oneOf('abort', ['never', 'modified', 'exists']);
	if (abort === 'exists') return true;
	const lastEdit = isoSeconds(edited).replace(/\D/g, '');
	return abort === 'modified' && edittime !== 'now' && edittime < lastEdit;
}

/** The path of a new page, which has nothing to append to: docs/vendor-facts.md#writing-pages. */
function freePath(call: Call, path: string, backend: Backend): string {
	if (call.query.has('section')) {
		throw new ApiError(400, 'Section editing is only supported on existing pages');
	}
	replaceRedirect(call, newPath(path), backend);
	return path;
}

/** The text and title of an earlier revision become a new one. Conflicts are not simulated. */
export function revert(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'UPDATE');
	const from = call.query.get('fromrevision');
	if (from === null) throw missingParameter('fromrevision');
	call.oneOf('abort', ['never', 'conflict']);
	const before = pageAt(page, wholeNumber(from, 'fromrevision'));
	if (!before) throw new ApiError(404, 'Revision could not be found');
	assertTemplates(call, before.html, backend);
	const { html, title } = before;
	const comment = 'Reverted to earlier version';
	backend.site.editPage(page, { html, title, comment, by: call.user.id });
	return ok({ 'page.revert.conflicts': { '@count': 0 } });
}

/** What a call allows that is refused otherwise: docs/vendor-facts.md#writing-pages. */
const allows = (call: Call, what: string) => call.list('allow').includes(what);

/** 409 for a path with a redirect, unless it may be deleted. */
export function replaceRedirect(call: Call, path: string, { site }: Backend): void {
	const redirect = site.pages.redirect(path);
	if (!redirect) return;
	if (!allows(call, 'deleteredirects')) throw new ApiError(409, `A redirect exists at '${path}'`);
	site.pages.dropRedirect(redirect);
}

/** 400 for a category below an article, unless the structure may be broken. One rule stands for all. */
export function assertStructure(call: Call, tags: string[], parents: Pick<Page, 'tags'>[]): void {
	const isCategory = (tag: string) => tag === 'article:topic-category';
	const isArticle = (tag: string) => tag.startsWith('article:') && !isCategory(tag);
	if (allows(call, 'idferrors') || !tags.some(isCategory)) return;
	if (!parents.some((parent) => parent.tags.some(isArticle))) return;
	throw new ApiError(400, 'A category cannot be below an article');
}

/** 400 for a text with a template that does not exist, unless it may be missing. */
export function assertTemplates(call: Call, html: string, { site }: Backend): void {
	if (allows(call, 'missingtemplatereference')) return;
	const names = [...html.matchAll(/template\("([^"]+)"/g)].map(([, name]) => `Template:${name}`);
	const missing = names.find((name) => !site.pages.byPath(name));
	if (missing) throw new ApiError(400, `The template '${missing}' does not exist`);
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
	if (/^text\/plain\b/i.test(call.contentType)) return call.text;
	if (/^text\//i.test(call.contentType)) throw new ApiError(400, 'Unknown type of a text');
	const root = call.body('content');
	const [body, ...more] = childrenOf(root).filter(({ nodeName }) => nodeName === 'body');
	if (!body || more.length > 0) throw unparsableArgument('body');
	if (childrenOf(body).length === 0) return body.textContent;
	return /<body\b[^>]*>([^]*)<\/body>/.exec(call.text)?.[1] ?? '';
}

/**
 * The new path is in the query; no body; 409 where a page is already: see
 * docs/vendor-facts.md#writing-pages.
 */
export function move(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'UPDATE');
	refuseHome(page, 'Proposed title for page same as current title');
	const to = targetOf(call);
	if (isBelowPath(to, page.path)) throw new ApiError(409, 'A page cannot be moved below itself');
	refuseTaken(to, backend, page);
	assertStructure(call, page.tags, parentsAt(to, backend));
	if (to !== page.path) replaceRedirect(call, to, backend);
	const title = call.query.get('title') ?? undefined;
	const { pages } = backend.site.movePage(page, to, { by: call.user.id, title });
	return ok({ 'pages.moved': listed(pages, backend) });
}

export function copy(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, 'CREATE');
	if (page.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft');
	const to = targetOf(call);
	refuseTaken(to, backend);
	assertStructure(call, page.tags, parentsAt(to, backend));
	replaceRedirect(call, to, backend);
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
		const { settings, xml } = backend;
		const page = settings.marksRedirects ? xml.redirect(redirect) : xml.short(redirect);
		return ok({ deletedpages: { '@count': 1, page } });
	}
	const page = existingPage(call, backend, 'DELETE');
	refuseHome(page, 'The home page cannot be deleted.');
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

/** docs/vendor-facts.md#writing-pages */
function refuseHome({ path }: Page, message: string): void {
	if (path === '') throw new ApiError(409, message);
}

/** The pages above a path that are there. */
function parentsAt(path: string, { site }: Backend): Page[] {
	const parts = path.split('/');
	return parts.flatMap((_, end) => site.pages.byPath(parts.slice(0, end).join('/')) ?? []);
}
