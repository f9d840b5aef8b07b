import type { ApiClient } from '../../api/client';
import { findChangedPages, firstArchivedPages, type ListBeginning, readPage, WHOLE_SITE } from '../../api/pages';
import { apiTime, siteTime } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import type { Change } from '../../event/change';

/*
 * Finds the page of an event that does not name it, by comparing dates of the site with each other. If several pages
 * fit, none does: a wrong page is worse than no page.
 */

/** Allowed difference between the time of an event and the date at its page. */
export const TOLERANCE_MS = 2_000;

/** How many pages to read at most, to see when each was edited. */
const MAX_CANDIDATES = 5;

/**
 * Returns the ID of the one page that fits, or `undefined` if none or several do.
 *
 * @param since unix ms, at least {@link TOLERANCE_MS} before the event
 */
export async function idOfUnnamedPage(
	api: ApiClient,
	{ kind, at }: Change,
	since: number,
): Promise<string | undefined> {
	if (kind === 'deleted') return idOfDeleted(await firstArchivedPages(api), at);
	const query = { ...WHOLE_SITE, since: apiTime(since) };
	const { pages, isComplete } = await findChangedPages(api, query);
	// A page that is missing in the list may fit, too.
	if (!isComplete) return undefined;
	return kind === 'created'
		? idOfOnly(pages.filter((page) => isAt(page, 'date.created', at)))
		: await editedAt(api, pages, at);
}

/** A later edit overwrites the date of an earlier one, so only one page may have been edited since then. */
async function editedAt(api: ApiClient, changed: XmlElement[], at: number): Promise<string | undefined> {
	const candidates = changed.filter((page) => isSince(page, 'date.modified', at));
	if (candidates.length > MAX_CANDIDATES) return undefined;
	const ids = candidates.flatMap((page) => attribute(page, 'id') ?? []);
	const pages = await Promise.all(ids.map((id) => readPage(api, id, `page ${id}`)));
	const edited = pages.filter((page) => isSince(page, 'date.edited', at));
	return edited.every((page) => isAt(page, 'date.edited', at)) ? idOfOnly(edited) : undefined;
}

function idOfDeleted(archive: ListBeginning, at: number): string | undefined {
	if (!isKnownSince(archive, at)) return undefined;
	return idOfOnly(archive.entries.filter((page) => isAt(page, 'date.deleted', at)));
}

/** Whether the beginning of the archive contains every deletion since then. */
function isKnownSince({ entries, isComplete }: ListBeginning, at: number): boolean {
	if (isComplete) return true;
	const dates = entries.map((page) => dateOf(page, 'date.deleted') ?? Infinity);
	const isNewestFirst = dates.every((date, index) => index === 0 || date <= dates[index - 1]!);
	return isNewestFirst && (dates.at(-1) ?? Infinity) < at - TOLERANCE_MS;
}

function idOfOnly(pages: XmlElement[]): string | undefined {
	return pages.length === 1 ? attribute(pages[0], 'id') : undefined;
}

function isAt(page: XmlElement, date: string, at: number): boolean {
	return Math.abs((dateOf(page, date) ?? NaN) - at) <= TOLERANCE_MS;
}

/** Whether the page has changed since then. It may have if it lacks the date. */
function isSince(page: XmlElement, date: string, at: number): boolean {
	return (dateOf(page, date) ?? Infinity) >= at - TOLERANCE_MS;
}

function dateOf(page: XmlElement, date: string): number | undefined {
	return siteTime(textOf(page, date));
}
