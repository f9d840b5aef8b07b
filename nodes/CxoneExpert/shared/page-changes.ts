import { numberOf } from '../api/elements';
import { siteTime } from '../api/time';
import { attribute, textOf, type XmlElement } from '../api/xml';

/** A span of time, in ms since 1970; the end is part of it. */
export interface Period {
	/** A full second: the dates of the site have no fractions. */
	since: number;
	/** `Infinity` when none was entered. */
	until: number;
}

/** A change of a page, as the site reports it. */
export interface Change {
	/** The page, or one of its revisions. */
	element: XmlElement;
	change: 'created' | 'edited';
	/** In ms since 1970; 0 when the site does not say when. */
	at: number;
}

/**
 * The last change of each page. Only dates of the site are compared with each other and with the
 * period: the clock of n8n can differ.
 */
export function changesOf(pages: XmlElement[], { since }: Period): Change[] {
	return pages.map((element) => ({
		element,
		change: isSince(element, since) ? 'created' : 'edited',
		at: siteTime(textOf(element, 'date.modified') ?? textOf(element, 'date.edited')) ?? 0,
	}));
}

/**
 * Each revision of a page within the period. The first revision of a page that was created within it is
 * its creation: no older one can be missing then.
 *
 * @param revisions all of the page, in any order
 */
export function revisionChanges(
	page: XmlElement,
	revisions: XmlElement[],
	{ since, until }: Period,
): Change[] {
	const isNew = isSince(page, since);
	const ordered = [...revisions].sort((a, b) => numberIn(a) - numberIn(b));
	return ordered
		.map(
			(element, index): Change => ({
				element,
				change: isNew && index === 0 ? 'created' : 'edited',
				at: siteTime(textOf(element, 'date.edited')) ?? 0,
			}),
		)
		.filter(({ at }) => at >= since && at <= until);
}

/** Oldest first; changes of the same second keep their order. */
export function oldestFirst(changes: Change[]): Change[] {
	return [...changes].sort((a, b) => a.at - b.at);
}

function isSince(page: XmlElement, since: number): boolean {
	const created = siteTime(textOf(page, 'date.created'));
	return created !== undefined && created >= since;
}

function numberIn(revision: XmlElement): number {
	return numberOf(attribute(revision, 'revision')) ?? 0;
}
