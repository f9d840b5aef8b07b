import { attribute, child, textOf, type XmlElement } from './xml';

/** What many documents of Expert have, events and responses alike. */

/** The path of a page element. The home page has the empty path; `undefined` means not named. */
export function pagePath(page: XmlElement | undefined): string | undefined {
	const path = child(page, 'path');
	return path === undefined ? undefined : (textOf(path) ?? '');
}

/**
 * The address at which people see a page, percent-encoded as a browser sends it: events and responses
 * write it in either way, and addresses of the same page have to be the same.
 */
export function pageUrl(page: XmlElement): string | undefined {
	const url = textOf(page, 'uri.ui');
	return url !== undefined && URL.canParse(url) ? new URL(url).href : url;
}

/** A count, a size or a revision; `undefined` for what is no such number. */
export function numberOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Whether readers cannot open the page because nobody has published it yet; `undefined` when the
 * document does not say. A draft beside a live page (`active`) does not count: readers still see the page.
 */
export function isDraft(page: XmlElement): boolean | undefined {
	const state = attribute(page, 'draft.state') ?? textOf(page, 'draft.state');
	if (state !== undefined) return DRAFT_STATES.get(state.toLowerCase());
	const addresses = [textOf(page, 'uri.ui'), textOf(page, 'path')];
	return addresses.some((address) => DRAFT_ADDRESS.test(address ?? '')) || undefined;
}

/**
 * The vendor's states of a page (docs/vendor-facts.md#drafts-and-publishing), and whether they mean
 * that it is a draft only.
 */
const DRAFT_STATES = new Map([
	['unpublished', true],
	['active', false],
	['inactive', false],
]);

/** How the API writes the address of a draft. */
const DRAFT_ADDRESS = /[?&]mt-draft=true(&|#|$)/i;
