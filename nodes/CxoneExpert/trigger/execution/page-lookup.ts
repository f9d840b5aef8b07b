import type { IExecuteFunctions } from 'n8n-workflow';

import { readArchivedPage, readPage } from '../../api/pages';
import { type Failed, failed, type Result, success } from '../../api/result';
import { siteOrigin } from '../../api/site-url';
import { currentUser } from '../../api/token-check';
import { failureText, type StatusMessages } from '../../shared/failure-messages';
import { archivedPageItem } from '../../shared/page-fields';
import { type PageDetails, pageDetails } from './page-details';
import type { PageQuery, UnnamedPage } from './page-query';
import { connectToSite, type SiteClient } from './site-client';
import { idOfUnnamedPage, TOLERANCE_MS } from './unnamed-page';

/** `undefined` when nobody can tell which page it was. */
type FoundPage = PageDetails | undefined;

/** A failure says in a sentence why there are no details. */
export type PageResult = Result<FoundPage, string>;

/** Pages that are read at the same time. */
const MAX_CONCURRENT = 5;

/**
 * Asks the site about the pages of one execution, each once, within five seconds in all. Never throws.
 *
 * A token that has expired gets less without a word (docs/vendor-facts.md#anonymous-responses): what
 * the site says counts only if it accepts the token.
 */
export async function lookUpPages(
	context: IExecuteFunctions,
	queries: PageQuery[],
): Promise<PageResult[]> {
	if (queries.length === 0) return [];
	const site = await connectToSite(context);
	if (site === undefined) return queries.map(() => failed(NO_CREDENTIAL));
	const [token, results] = await Promise.all([currentUser(site.api), lookUpAll(site, queries)]);
	return results.map((result) => withFailureText(token.ok ? result : distrusted(result, token)));
}

const NO_CREDENTIAL =
	'n8n cannot read the credential of the trigger. Open the trigger and choose a CXone Expert API credential.';

/** What counts where the token is not accepted, or nobody knows whether it is. */
function distrusted(result: Result<FoundPage>, token: Failed): Result<FoundPage> {
	// Why the page could not be read says more than why the token could not be checked.
	return result.ok || token.failure.kind === 'anonymous' ? token : result;
}

function withFailureText(result: Result<FoundPage>): PageResult {
	if (result.ok) return result;
	return failed(failureText(result.failure, { messages: MESSAGES }));
}

const MESSAGES: StatusMessages = {
	403: {
		message: 'Expert did not allow this',
		description:
			'The user of the token may lack the right to read the page. The archive of deleted pages is for admins.',
	},
	404: {
		message: 'Expert did not find it',
		description:
			'The page may have been deleted, restored or moved since, or the user of the token may not see it.',
	},
};

async function lookUpAll(
	site: SiteClient,
	queries: PageQuery[],
): Promise<Array<Result<FoundPage>>> {
	const times = queries.flatMap((query) => ('at' in query ? query.at : []));
	// One list for all events that name no page.
	const since = Math.min(...times) - TOLERANCE_MS;
	const results: Array<Result<FoundPage>> = [];
	const rest = queries.entries();
	const work = async () => {
		for (const [index, query] of rest) results[index] = await lookUp(site, query, since);
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return results;
}

async function lookUp(
	site: SiteClient,
	query: PageQuery,
	since: number,
): Promise<Result<FoundPage>> {
	const { cached: api, credential } = site;
	switch (query.kind) {
		case 'page':
			return converted(await readPage(api, query.key, query.label), pageDetails);
		case 'archived page':
			return converted(await readArchivedPage(api, query.id), archivedPageItem);
		case 'unnamed page': {
			const origin = siteOrigin(credential.siteUrl) ?? '';
			const id = await idOfUnnamedPage(api, origin, query, since);
			if (!id.ok) return id;
			if (id.value === undefined) return success(undefined);
			return await lookUp(site, named(id.value, query), since);
		}
	}
}

function named(id: string, { change }: UnnamedPage): PageQuery {
	return change === 'deleted'
		? { kind: 'archived page', id }
		: { kind: 'page', key: id, label: `page ${id}` };
}

function converted<A, B>(result: Result<A>, convert: (value: A) => B): Result<B> {
	return result.ok ? success(convert(result.value)) : result;
}
