import type { ApiClient } from '../../api/client';
import { asExpertError, errorOf, type ExpertError } from '../../api/expert-error';
import type { Resumable } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import type { XmlElement } from '../../api/xml';

/** In a row. */
const MAX_FAILURES_OF_PAGE = 3;

/**
 * Asks until the site answers, but gives up on a page that always fails and adds it to `leftOut`, so
 * that it does not block the rest. `undefined` for a page that our user may not see, or not yet: a
 * copy of the site can be late, and rights can come after the page.
 */
export async function* untilGivenUp(
	api: ApiClient,
	id: string,
	leftOut: Set<string>,
	list: (api: ApiClient, id: string) => Promise<XmlElement[]>,
): Resumable<XmlElement[] | undefined> {
	for (let tries = leftOut.has(id) ? MAX_FAILURES_OF_PAGE : 1; ; tries++) {
		try {
			return await list(api, id);
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
