import { numberOf } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { siteTime } from '../input/time';
import type { Period } from './period';

/** What happened to a page since a time, as the site tells it. */
export interface Change {
	/** The page, or one of its revisions. */
	element: XmlElement;
	change: 'created' | 'edited';
	/** When, in ms since 1970; 0 when the site does not say it. */
	at: number;
}

/**
 * The last change of each page. Only dates of the site are compared with each other and with what
 * was asked for: the clock of n8n can differ.
 */
export function changesOf(pages: XmlElement[], { since }: Period): Change[] {
	return pages.map((element) => ({
		element,
		change: isSince(element, since) ? 'created' : 'edited',
		at: siteTime(textOf(element, 'date.modified') ?? textOf(element, 'date.edited')) ?? 0,
	}));
}

/**
 * Each revision of a page within the period. The first one of a page that was created within it is
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

/** Oldest first; those of one second stay as they are. */
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
