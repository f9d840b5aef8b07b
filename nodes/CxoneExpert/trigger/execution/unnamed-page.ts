import type { ApiClient } from '../../api/client';
import { findChangedPages, firstArchivedPages, type ListBeginning, readPage, WHOLE_SITE } from '../../api/pages';
import { apiTime, siteTime } from '../../api/elements';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import type { Change } from '../../event/change';

/*
 * Finds the page of an event that does not name it, by comparing dates of the site with each other. If several pages
 * fit, none does: a wrong page is worse than no page.
 */

/** Between the time of an event and the date at its page. */
export const TOLERANCE_MS = 2_000;

/** Read at most so many pages to see when each was edited. */
const MAX_CANDIDATES = 5;

/**
 * The ID of the one page that fits; `undefined` if none does, or several do.
 *
 * @param since {@link TOLERANCE_MS} before the event, or earlier; unix ms
 */
export async function idOfUnnamedPage(
	api: ApiClient,
	{ kind, at }: Change,
	since: number,
): Promise<string | undefined> {
	if (kind === 'deleted') return deletedAt(await firstArchivedPages(api), at);
	const query = { ...WHOLE_SITE, since: apiTime(since) };
	const { pages, isComplete } = await findChangedPages(api, query);
	// A page that is missing from the list may fit as well.
	if (!isComplete) return undefined;
	return kind === 'created'
		? idOfOnly(pages.filter((page) => isAt(page, 'date.created', at)))
		: await editedAt(api, pages, at);
}

/** A later edit overwrites the date of an earlier one. So only one page may have been edited since then. */
async function editedAt(api: ApiClient, changed: XmlElement[], at: number): Promise<string | undefined> {
	const candidates = changed.filter((page) => isSince(page, 'date.modified', at));
	if (candidates.length > MAX_CANDIDATES) return undefined;
	const ids = candidates.flatMap((page) => attribute(page, 'id') ?? []);
	const pages = await Promise.all(ids.map((id) => readPage(api, id, `page ${id}`)));
	const edited = pages.filter((page) => isSince(page, 'date.edited', at));
	return edited.every((page) => isAt(page, 'date.edited', at)) ? idOfOnly(edited) : undefined;
}

function deletedAt(archive: ListBeginning, at: number): string | undefined {
	if (!isKnownSince(archive, at)) return undefined;
	return idOfOnly(archive.entries.filter((page) => isAt(page, 'date.deleted', at)));
}

/** Whether the beginning of the archive has every deletion since then. */
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

/** A page without this date counts, because it may have been. */
function isSince(page: XmlElement, date: string, at: number): boolean {
	return (dateOf(page, date) ?? Infinity) >= at - TOLERANCE_MS;
}

function dateOf(page: XmlElement, date: string): number | undefined {
	return siteTime(textOf(page, date));
}
