import type { Call } from './call.mts';
import { ApiError, invalidInput } from './errors.mts';
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

/** The page of a call, or the 404 of one that is not there. */
export function existingPage(call: Call, pages: Pages, settings: Settings): Page {
	const { page } = findPage(call.params.pageid, pages, settings);
	const gone = page?.deleted && call.query.get('includeDeleted') !== 'true';
	if (!page || gone) throw new ApiError(404, 'Page could not be found');
	return page;
}

/** What is left after the first decoding must still be encoded, else it was encoded once only. */
export function decodeAgain(text: string, settings: Settings): string {
	const encodedOnce = /[^\w.~!*'()%:@$,;+=&-]/.test(text);
	if (encodedOnce && settings.singleEncodedPaths === 'refuse') {
		throw invalidInput(`'${text}' must be encoded twice`);
	}
	try {
		return decodeURIComponent(text);
	} catch {
		throw invalidInput(`'${text}' is not well encoded`);
	}
}
