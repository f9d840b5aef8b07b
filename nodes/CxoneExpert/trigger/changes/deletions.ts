import type { ApiClient } from '../../api/client';
import { ExpertError } from '../../api/expert-error';
import { listArchivedPages } from '../../api/pages';
import type { Resumable } from '../../api/resumable';
import type { XmlElement } from '../../api/xml';
import { deletion, type SiteChange } from './site-change';

export interface Archive {
	/** Oldest first. */
	changes: SiteChange[];
	/** Set if our user may not see the archive: no deletions are known. */
	archiveRefusal?: ExpertError;
}

/**
 * Returns none if the archive is hidden from our user. A page and what was deleted with it are one entry, as they are
 * one event (docs/vendor-facts.md#archive).
 *
 * @param since unix ms
 */
export async function* deletions(api: ApiClient, since: number): Resumable<Archive> {
	const archived = yield* archiveOrRefusal(api, since);
	if (archived instanceof ExpertError) return { changes: [], archiveRefusal: archived };
	return { changes: archived.flatMap(deletion) };
}

async function* archiveOrRefusal(api: ApiClient, since: number): Resumable<XmlElement[] | ExpertError> {
	const list = listArchivedPages(api, since);
	for (;;) {
		const step = await list.next();
		if (step.done === true || step.value.isRefusal) return step.value;
		yield step.value;
	}
}
