import { assertMaySee } from './access.mts';
import type { Backend } from './backend.mts';
import { need, type Call } from './call.mts';
import { invalidInput, pageNotFound } from './errors.mts';
import { normalPath, type Page, type Pages } from './pages.mts';
import type { Settings } from './settings.mts';

export interface FoundPage {
	page?: Page;
	/** The wanted path, when the page was asked for by path. */
	path?: string;
}

/**
 * A page by one of its identifiers (§7.1): id, `home`, `:guid`, `=` and double-encoded path. The
 * text has been decoded once already, as part of the URL.
 */
export function findPage(key: string, pages: Pages, settings: Settings): FoundPage {
	if (key === 'home') return { page: pages.home };
	if (/^\d+$/.test(key)) return { page: pages.byId.get(Number(key)) };
	if (key.startsWith(':')) {
		const guid = key.slice(1).toLowerCase();
		return { page: [...pages.byId.values()].find((page) => page.guid === guid) };
	}
	if (!key.startsWith('=')) throw invalidInput(`'${key}' is no page identifier`);
	const path = normalPath(decodeAgain(key.slice(1), settings));
	return { page: pages.byPath(path), path };
}

export interface Wanted {
	/** What the caller must be allowed to do (§6.4: missing rights are 403). */
	operation: string;
	/** Deleted ones too, by integer id only (§7.2). */
	deletedToo?: boolean;
}

/** The page of a call; 404 when it is not there, 403 when the caller may not do that with it. */
export function existingPage(call: Call, { site, settings }: Backend, wanted: Wanted): Page {
	need(call, wanted.operation);
	const { page } = findPage(call.params.pageid, site.pages, settings);
	const shown = wanted.deletedToo && /^\d+$/.test(call.params.pageid);
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
