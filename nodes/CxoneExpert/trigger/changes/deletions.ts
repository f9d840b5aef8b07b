import type { ApiClient } from '../../api/client';
import { pagePath } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { deletedAt, listArchivedPages, listDeletedWith } from '../../api/pages';
import type { Resumable } from '../../api/resumable';
import { attribute, child, type XmlElement } from '../../api/xml';
import { deletion, idOfPage, type ShownChange, type SiteChange } from './site-change';
import { untilGivenUp } from './until-given-up';

export interface Archive {
	/** Oldest first. */
	changes: SiteChange[];
	/** Set if our user may not see the archive: no deletions are known. */
	archiveRefusal?: ExpertError;
}

interface ArchiveQuery {
	api: ApiClient;
	/** As that of a search. */
	hasCome?: (change: ShownChange) => boolean;
}

/** Returns none if the archive is hidden from our user. @param since unix ms */
export async function* deletions({ api, hasCome }: ArchiveQuery, since: number): Resumable<Archive> {
	const archived = yield* archiveOrRefusal(api, since);
	if (archived instanceof ExpertError) return { changes: [], archiveRefusal: archived };
	// The archive only grows, so skip deletions before the period.
	const recent = archived.filter((page) => !(deletedAt(page) < since));
	const haveCome = recent.flatMap(deletion).map((change) => hasCome?.(change) === true);
	if (haveCome.every(Boolean)) return { changes: [] };
	const gone = yield* goneWithOthers(api, recent);
	return { changes: recent.filter((page) => !gone.has(idOfPage(page))).flatMap(deletion) };
}

async function* archiveOrRefusal(api: ApiClient, since: number): Resumable<XmlElement[] | ExpertError> {
	const list = listArchivedPages(api, since);
	for (;;) {
		const step = await list.next();
		if (step.done === true || step.value.isRefusal) return step.value;
		yield step.value;
	}
}

/**
 * Finds pages deleted with one above them, for which Expert sends one event
 * (docs/vendor-facts.md#archive). Asks once for each page that may have taken others along, from
 * the top: the site lists all of them, or only children. In doubt a page counts as deleted by
 * itself: better a deletion too many than one lost.
 */
async function* goneWithOthers(api: ApiClient, archived: XmlElement[]): Resumable<Set<string>> {
	const gone = new Set<string>();
	const below = idsBelow(archived);
	const givenUp = new Set<string>();
	for (const page of fromTheTop(archived)) {
		const candidates = below.get(pathOf(page));
		if (candidates === undefined || candidates.size === 0 || hasGoneAlone(page)) continue;
		const others = yield* untilGivenUp(api, idOfPage(page), givenUp, listDeletedWith);
		for (const other of others ?? []) {
			// Neither the page itself nor one above it.
			if (!candidates.has(idOfPage(other))) continue;
			gone.add(idOfPage(other));
			for (const path of pathsAbove(pathOf(other))) below.get(path)?.delete(idOfPage(other));
		}
		// Else a site without this call would be asked for each page, three times.
		if (givenUp.size > 0) break;
	}
	return gone;
}

/** Maps each path to the IDs of archived pages below it. */
function idsBelow(archived: XmlElement[]): Map<string, Set<string>> {
	const below = new Map<string, Set<string>>();
	for (const page of archived) {
		for (const path of pathsAbove(pathOf(page))) {
			const ids = below.get(path) ?? new Set();
			below.set(path, ids.add(idOfPage(page)));
		}
	}
	return below;
}

function fromTheTop(archived: XmlElement[]): XmlElement[] {
	const depthOf = (page: XmlElement) => pathOf(page).split('/').length;
	return [...archived].sort((a, b) => depthOf(a) - depthOf(b));
}

/** The list need not say so. */
function hasGoneAlone(archived: XmlElement): boolean {
	return attribute(child(archived, 'subpages'), 'count') === '0';
}

/** `A` and `A/B` for `A/B/C`. */
function pathsAbove(path: string): string[] {
	const parts = path.split('/');
	return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function pathOf(page: XmlElement): string {
	return pagePath(page) ?? '';
}
