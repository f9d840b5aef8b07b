import { wordsIn } from './plain-text.mts';
import type { Page } from './pages.mts';
import { uuidV1 } from '../events/uuid.mts';

/** One saved text of a page: see docs/vendor-facts.md#reading-pages. */
export interface Revision {
	number: number;
	title: string;
	html: string;
	/** User name. */
	author: string;
	date: Date;
	timeuuid: string;
	/** The edit's comment, and how many words came or went. */
	description: string;
}

export interface NewRevision {
	title: string;
	html: string;
	author: string;
	at: Date;
	comment?: string;
}

/** Words that came and went, as the events count them. */
export interface WordDiff {
	added: number;
	removed: number;
}

/** Saves a text as the page's newest revision; gives the difference to the one before. */
export function addRevision(page: Page, given: NewRevision): WordDiff {
	const { title, html, author, at, comment } = given;
	const grown = wordsIn(html) - wordsIn(page.html);
	const diff = { added: Math.max(0, grown), removed: Math.max(0, -grown) };
	const number = page.revision + 1;
	const description = describe(diff, comment);
	page.revisions.push({
		...{ number, title, html, author, description },
		date: at,
		timeuuid: uuidV1(at),
	});
	Object.assign(page, { title, html, author, revision: number, edited: at, modified: at });
	return diff;
}

/** The page as it was at a revision; undefined when it never had that one. */
export function pageAt(page: Page, number: number): Page | undefined {
	const revision = page.revisions.find((each) => each.number === number);
	if (!revision) return undefined;
	const { title, html, author, date } = revision;
	return { ...page, title, html, author, revision: number, edited: date };
}

/**
 * `153 words added` is stated (docs/vendor-facts.md#reading-pages); that a comment stands before it
 * is a guess.
 */
function describe({ added, removed }: WordDiff, comment?: string): string {
	const words = removed > 0 ? `${removed} words removed` : `${added} words added`;
	return comment ? `${comment}; ${words}` : words;
}
