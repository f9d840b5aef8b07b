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
			// The search fails in the end and starts over if the cause is an expired token.
			if (error.isHidden || error.isNotFound) return undefined;
			if (isForAll(error)) tries = 0;
			// The site is to blame if other calls fail, too. Then try again later.
			if (tries >= MAX_FAILURES_OF_PAGE && (await errorOf(currentUser(api))) === undefined) {
				leftOut.add(id);
				return [];
			}
			yield error;
		}
	}
}

/** Whether the error is not about this page: there is no connection, or the site is busy. */
function isForAll({ kind, status }: ExpertError): boolean {
	return kind === 'unreachable' || status === 429 || status === 503;
}
