import { type Backend, type Call } from '../http/call.mts';
import { ApiError, invalidInput, missingParameter, pageNotFound } from '../http/errors.mts';
import { normalPath, type Page, type Pages, type Redirect } from '../site/pages.mts';
import { mayDo, type User } from '../site/users.mts';

export interface FoundPage {
	page?: Page;
	/** The wanted path, when the page was asked for by path. */
	path?: string;
	/** What stands in the place of a page. */
	redirect?: Redirect;
}

/** Longest name of a page: see docs/vendor-facts.md#identifiers. */
const MAX_NAME_CHARS = 255;

/** Where to, by `to` of the query, which is decoded once more; other ways to say it are not simulated: docs/vendor-facts.md#identifiers. */
export function targetOf(call: Call): string {
	const to = call.query.get('to');
	if (to === null) throw missingParameter('to');
	return newPath(decoded(to.replaceAll('+', ' ')));
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw invalidInput(`'${text}' is not well encoded`);
	}
}

/** The path of a page that is to be made; 409 for one that no page can have: docs/vendor-facts.md#identifiers. */
export function newPath(path: string): string {
	const stored = normalPath(path);
	const isOdd = (name: string) => name === '.' || name === '..' || name.length > MAX_NAME_CHARS;
	if (stored.split('/').some(isOdd)) throw new ApiError(409, 'The page path is not valid');
	return stored;
}

/**
 * A page by one of its identifiers (docs/vendor-facts.md#identifiers): ID, `home`, `:guid`, `=` and
 * double-encoded path. The text has been decoded once already, as part of the URL.
 */
export function findPage(key: string, pages: Pages): FoundPage {
	if (key === 'home') return { page: pages.home };
	if (/^\d+$/.test(key)) {
		return { page: pages.byId.get(Number(key)), redirect: pages.redirect(Number(key)) };
	}
	if (key.startsWith(':')) {
		const guid = key.slice(1).toLowerCase();
		return { page: [...pages.byId.values()].find((page) => page.guid === guid) };
	}
	if (!key.startsWith('=')) throw invalidInput(`'${key}' is no page identifier`);
	const path = normalPath(decodeAgain(key.slice(1)));
	return { page: pages.byPath(path), path, redirect: pages.redirect(path) };
}

/**
 * The redirect that a call means itself, as it does not follow it: see
 * docs/vendor-facts.md#virtual-pages-and-redirects.
 */
export function ownRedirect(call: Call, backend: Backend): Redirect | undefined {
	const { redirectsParameter } = backend.settings;
	const stays = call.query.get('redirects') === '0' && redirectsParameter === 'heeded';
	return stays ? findPage(call.param('pageid'), backend.site.pages).redirect : undefined;
}

/**
 * The page of a call; 404 when it is not there, 403 when the caller may not do that with it. Deleted
 * ones by integer ID only: see docs/vendor-facts.md#reading-pages.
 */
export function existingPage(call: Call, backend: Backend, operation: string, { deletedToo = false } = {}): Page {
	call.need(operation);
	const own = ownRedirect(call, backend);
	if (own && backend.settings.marksRedirects) throw pageNotFound();
	if (own) return own;
	const key = call.param('pageid');
	const { page: found, redirect } = findPage(key, backend.site.pages);
	const page = found ?? redirect?.to;
	const mayBeDeleted = deletedToo && /^\d+$/.test(key);
	if (!page || (page.deleted && !mayBeDeleted)) throw pageNotFound();
	assertMaySee(call, page);
	return page;
}

/**
 * What is left after the first decoding must still be encoded: no character of it may be one that
 * the encoding would have changed. That a site is as strict is not stated.
 */
export function decodeAgain(text: string): string {
	if (/[^\w.~!*'()%-]|%(?![\da-f]{2})/i.test(text)) {
		throw invalidInput(`'${text}' must be encoded twice`);
	}
	return decoded(text);
}

/** A private page is for Admins; a page that is a draft only is for those who may write drafts. */
export function maySee(user: User, page: Page): boolean {
	if (page.restriction === 'Private' && !mayDo(user, 'ADMIN')) return false;
	return page.draftState !== 'unpublished' || mayDo(user, 'DRAFT_UPDATE');
}

/** 403, or 404 for a draft: assumed, see docs/vendor-facts.md#reading-pages. */
export function assertMaySee(call: Call, page: Page): void {
	if (maySee(call.user, page)) return;
	throw page.restriction === 'Public' ? pageNotFound() : call.forbidden('READ');
}
