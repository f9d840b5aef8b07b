import { assertMaySee } from './access.mts';
import type { Backend } from './backend.mts';
import { need, type Call, param } from './call.mts';
import { invalidInput, pageNotFound } from './errors.mts';
import { normalPath, type Page, type Pages, type Redirect } from './pages.mts';
import type { Settings } from './settings.mts';

export interface FoundPage {
	page?: Page;
	/** The wanted path, when the page was asked for by path. */
	path?: string;
	/** What stands in the place of a page. */
	redirect?: Redirect;
}

/**
 * A page by one of its identifiers (docs/vendor-facts.md#identifiers): ID, `home`, `:guid`, `=` and
 * double-encoded path. The text has been decoded once already, as part of the URL.
 */
export function findPage(key: string, pages: Pages, settings: Settings): FoundPage {
	if (key === 'home') return { page: pages.home };
	if (/^\d+$/.test(key)) {
		return { page: pages.byId.get(Number(key)), redirect: pages.redirect(Number(key)) };
	}
	if (key.startsWith(':')) {
		const guid = key.slice(1).toLowerCase();
		return { page: [...pages.byId.values()].find((page) => page.guid === guid) };
	}
	if (!key.startsWith('=')) throw invalidInput(`'${key}' is no page identifier`);
	const path = normalPath(decodeAgain(key.slice(1), settings));
	return { page: pages.byPath(path), path, redirect: pages.redirect(path) };
}

/**
 * The redirect that a call means itself, as it does not follow it: see
 * docs/vendor-facts.md#virtual-pages-and-redirects.
 */
export function ownRedirect(call: Call, { site, settings }: Backend): Redirect | undefined {
	const stays = call.query.get('redirects') === '0' && settings.redirectsParameter === 'heeded';
	return stays ? findPage(param(call, 'pageid'), site.pages, settings).redirect : undefined;
}

export interface Wanted {
	/**
	 * What the caller must be allowed to do; missing rights are 403: see
	 * docs/vendor-facts.md#statuses-and-limits.
	 */
	operation: string;
	/** Deleted ones too, by integer ID only: see docs/vendor-facts.md#reading-pages. */
	deletedToo?: boolean;
}

/** The page of a call; 404 when it is not there, 403 when the caller may not do that with it. */
export function existingPage(call: Call, backend: Backend, wanted: Wanted): Page {
	const { site, settings } = backend;
	need(call, wanted.operation);
	if (ownRedirect(call, backend)) throw pageNotFound();
	const found = findPage(param(call, 'pageid'), site.pages, settings);
	const page = found.page ?? found.redirect?.to;
	const shown = wanted.deletedToo && /^\d+$/.test(param(call, 'pageid'));
	if (!page || (page.deleted && !shown)) throw pageNotFound();
	assertMaySee(call.user, page, settings);
	return page;
}

/**
 * What is left after the first decoding must still be encoded, else it was encoded once only: no
 * character of it may be one that the encoding would have changed.
 */
export function decodeAgain(text: string, settings: Settings): string {
	const encodedOnce = /[^\w.~!*'()%-]|%(?![\da-f]{2})/i.test(text);
	if (encodedOnce && settings.singleEncodedPaths === 'refuse') {
		throw invalidInput(`'${text}' must be encoded twice`);
	}
	try {
		return decodeURIComponent(text);
	} catch {
		throw invalidInput(`'${text}' is not well encoded`);
	}
}
