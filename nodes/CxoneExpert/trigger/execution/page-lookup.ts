import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, createClient } from '../../api/client';
import { compact } from '../../api/compact';
import type { ExpertCredential } from '../../api/credential';
import { type DraftState, draftState, numberOf, pagePath, pageUrl } from '../../api/elements';
import { sendFromNode } from '../../api/http';
import { readArchivedPage, readPage } from '../../api/pages';
import { secretsOf } from '../../api/redact';
import { type Failed, failed, type Result, success } from '../../api/result';
import { siteOrigin } from '../../api/site-url';
import { currentUser } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { failureText, type StatusMessages } from '../../shared/failure-messages';
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
}

/** `undefined` when nobody can tell which page it was. */
type FoundPage = PageDetails | undefined;

/** A failure says in a sentence why there are no details. */
export type PageResult = Result<FoundPage, string>;

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

/** The site as the trigger's own step of an execution asks it. */
interface SiteClient {
	/** For calls whose response stays the same within the execution: it makes each once. */
	cached: ApiClient;
	/** Makes each call anew, within the budget of all of them. */
	api: ApiClient;
	credential: ExpertCredential;
}

/** @returns `undefined` when n8n does not give the credential */
async function connectToSite(context: IExecuteFunctions): Promise<SiteClient | undefined> {
	const credential = await readCredential(context);
	if (credential === undefined) return undefined;
	const send = sendFromNode(context, credential.siteUrl);
	const api = createClient(send, BUDGET_MS, secretsOf(credential));
	return { api, cached: withCache(api), credential };
}

/** Several events of an execution can be about one page. */
function withCache(api: ApiClient): ApiClient {
	const responses = new Map<string, ReturnType<ApiClient['call']>>();
	return {
		mayHaveWritten: false,
		async call(call) {
			const key = JSON.stringify(call);
			const response = responses.get(key) ?? api.call(call);
			responses.set(key, response);
			return await response;
		},
	};
}
