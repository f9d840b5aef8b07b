import type { Backend } from './backend.mts';
import { flag, ok, oneOf, type Call, type Reply } from './call.mts';
import { ApiError, missingParameter, pageNotFound } from './errors.mts';
import { existingPage } from './page-key.mts';
import { normalPath, type Page } from './pages.mts';

/**
 * The new path is in the query; no body; 409 where a page is already: see
 * docs/vendor-facts.md#writing-pages.
 */
export function move(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'UPDATE' });
	refuseHome(page);
	const to = targetOf(call, page, backend);
	if (isBelow(to, page)) throw new ApiError(409, 'A page cannot be moved below itself');
	refuseTaken(to, backend, page);
	const title = call.query.get('title') ?? undefined;
	const { page: moved } = backend.site.movePage(page, to, { by: call.user.id, title });
	return ok({ 'pages.moved': { '@count': 1, page: backend.xml.short(moved) } });
}

/** `to` only; `abort=never` writes over a page that is there. */
export function copy(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'CREATE' });
	if (page.draftState === 'unpublished') throw new ApiError(403, 'The page is a draft');
	const to = call.query.get('to');
	if (to === null) throw missingParameter('to');
	const overwrite = oneOf(call, 'abort', ['exists', 'never']) === 'never';
	if (!overwrite) refuseTaken(normalPath(to), backend);
	const { pages } = backend.site.copyPage(page, to, {
		by: call.user.id,
		title: call.query.get('title') ?? undefined,
		recursive: flag(call, 'recursive'),
		tags: flag(call, 'tags', true),
		attachments: flag(call, 'attachments', true),
		overwrite,
	});
	return ok({ 'pages.copied': listed(pages, backend) });
}

/** Into the archive. */
export function remove(call: Call, backend: Backend): Reply {
	const page = existingPage(call, backend, { operation: 'DELETE' });
	refuseHome(page);
	const recursive = flag(call, 'recursive');
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

/** `to`, or `parentid` and `name` (move only). */
function targetOf(call: Call, page: Page, { site }: Backend): string {
	const to = call.query.get('to');
	if (to !== null) return normalPath(to);
	const [parentId, name] = [call.query.get('parentid'), call.query.get('name')];
	if (parentId === null && name === null) throw missingParameter('to');
	const parent =
		parentId === null ? site.pages.parentOf(page) : site.pages.byId.get(Number(parentId));
	if (!parent || parent.deleted) throw pageNotFound();
	const last = normalPath(name ?? page.path.split('/').at(-1) ?? '');
	return parent.path === '' ? last : `${parent.path}/${last}`;
}
