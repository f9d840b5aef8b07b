import type { ApiClient } from '../../api/client';
import { asExpertError, errorOf, type ExpertError } from '../../api/expert-error';
import { listRevisionsSince } from '../../api/pages';
import type { Resumable } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import type { XmlElement } from '../../api/xml';

/** Consecutive failures after which a page is left out. */
const MAX_FAILURES_OF_PAGE = 3;

interface PageHistory {
	api: ApiClient;
	/** A page's number, or `home`. */
	id: string;
	/** Revisions before this time are not needed; unix ms. */
	since: number;
}

/**
 * Lists a page's revisions, as often as it takes, but gives up on a page that always fails and adds it to `leftOut`,
 * so that it does not block the rest. `undefined` for a page that our user may not see, or not yet: a copy of the
 * site can be late, and rights can come after the page.
 */
export async function* untilGivenUp(
	leftOut: Set<string>,
	{ api, id, since }: PageHistory,
): Resumable<XmlElement[] | undefined> {
	for (let tries = leftOut.has(id) ? MAX_FAILURES_OF_PAGE : 1; ; tries++) {
		try {
			return await listRevisionsSince(api, id, since);
		} catch (thrown) {
			const error = asExpertError(thrown);
			// If the cause is an expired token, the search fails in the end and starts over.
			if (error.isHidden || error.isNotFound) return undefined;
			if (isForAll(error)) tries = 0;
			// If other calls fail, too, the site is to blame: try again later.
			if (tries >= MAX_FAILURES_OF_PAGE && (await errorOf(currentUser(api))) === undefined) {
				leftOut.add(id);
				return [];
			}
			yield error;
		}
	}
}

/** Not about this page: no connection, or a busy site. */
function isForAll({ kind, status }: ExpertError): boolean {
	return kind === 'unreachable' || status === 429 || status === 503;
}
