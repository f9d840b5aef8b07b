import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { compact } from '../../api/compact';
import type { ExpertCredential } from '../../api/credential';
import { type DraftState, draftState, numberOf, pagePath, pageUrl } from '../../api/elements';
import { asExpertError, errorOf, ExpertError, type StatusMessages } from '../../api/expert-error';
import { connect } from '../../api/http';
import { readArchivedPage, readPage } from '../../api/pages';
import { siteOrigin } from '../../api/site-url';
import { currentUser } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { archivedPageItem, tagNames, userOf } from '../../shared/page-fields';
import { readCredential } from '../read-credential';
import type { PageQuery, UnnamedPage } from './page-query';
import { idOfUnnamedPage, TOLERANCE_MS } from './unnamed-page';

/** What the site says of a page, under the names of the trigger's item and of Page: Get. */
export interface PageDetails {
	id?: string;
	path?: string;
	title?: string;
	url?: string;
	/** Who wrote the newest text. */
	author?: IDataObject;
	tags?: string[];
	language?: string;
	draftState?: DraftState;
	revision?: number;
	deletedAt?: string;
	deletedBy?: IDataObject;
	/** Why all of this is missing. */
	details?: string;
}

/** `undefined` when nobody can tell which page it was. */
export type FoundPage = PageDetails | undefined;

/** Budget for all calls of one execution: what comes after the trigger waits for it. */
export const BUDGET_MS = 5_000;
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
): Promise<FoundPage[]> {
	if (queries.length === 0) return [];
	const credential = await readCredential(context);
	if (credential === undefined) return queries.map(() => ({ details: NO_CREDENTIAL }));
	const api = connect(context, credential, { budgetMs: BUDGET_MS });
	const [refused, results] = await Promise.all([
		errorOf(currentUser(api)),
		lookUpAll(withCache(api), credential, queries),
	]);
	return results.map((result) => {
		const error = whyMissing(result, refused);
		return error === undefined
			? (result as FoundPage)
			: { details: error.with({ messages: MESSAGES }).text };
	});
}

const NO_CREDENTIAL =
	'n8n cannot read the credential of the trigger. Open the trigger and choose a CXone Expert API credential.';

/** What was found counts only where the token is accepted. */
function whyMissing(
	result: FoundPage | ExpertError,
	refused: ExpertError | undefined,
): ExpertError | undefined {
	if (!(result instanceof ExpertError)) return refused;
	// Why the page could not be read says more than why the token could not be checked.
	return refused?.kind === 'anonymous' ? refused : result;
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

/** One that cannot be read does not keep the others from it. */
async function lookUpAll(
	api: ApiClient,
	{ siteUrl }: ExpertCredential,
	queries: PageQuery[],
): Promise<Array<FoundPage | ExpertError>> {
	const times = queries.flatMap((query) => ('at' in query ? query.at : []));
	// One list for all events that name no page.
	const since = Math.min(...times) - TOLERANCE_MS;
	const site = siteOrigin(siteUrl) ?? '';
	const results: Array<FoundPage | ExpertError> = [];
	const rest = queries.entries();
	const work = async () => {
		for (const [index, query] of rest) {
			results[index] = await lookUp(api, site, query, since).catch(asExpertError);
		}
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return results;
}

async function lookUp(
	api: ApiClient,
	site: string,
	query: PageQuery,
	since: number,
): Promise<FoundPage> {
	switch (query.kind) {
		case 'page':
			return pageDetails(await readPage(api, query.key, query.label));
		case 'archived page':
			return archivedPageItem(await readArchivedPage(api, query.id));
		case 'unnamed page': {
			const id = await idOfUnnamedPage(api, site, query, since);
			return id === undefined ? undefined : await lookUp(api, site, named(id, query), since);
		}
	}
}

function named(id: string, { change }: UnnamedPage): PageQuery {
	return change === 'deleted'
		? { kind: 'archived page', id }
		: { kind: 'page', key: id, label: `page ${id}` };
}

/** @param page the response to GET /pages/{id} */
export function pageDetails(page: XmlElement): PageDetails {
	const state = draftState(page);
	const tags = tagNames(child(page, 'tags'));
	return compact({
		id: attribute(page, 'id'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		url: pageUrl(page),
		author: userOf(child(page, 'user.author')),
		// The tags of a draft are kept with the draft, and are not in this response.
		tags: state === 'unpublished' && tags?.length === 0 ? undefined : tags,
		language: textOf(page, 'language'),
		draftState: state,
		// A page that is a draft only has revision 0: it has none.
		revision: numberOf(attribute(page, 'revision')) || undefined,
	});
}

/** Several events of an execution can be about one page: makes each call once. */
function withCache(api: ApiClient): ApiClient {
	const responses = new Map<string, ReturnType<ApiClient['call']>>();
	return {
		async call(call) {
			const key = JSON.stringify([call.path, call.query]);
			const response = responses.get(key) ?? api.call(call);
			responses.set(key, response);
			return await response;
		},
	};
}
