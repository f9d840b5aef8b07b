import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { compact, draftState, numberOf, pagePath, pageUrl } from '../../api/elements';
import {
	asExpertError,
	counted,
	errorOf,
	ExpertError,
	type StatusMessages,
} from '../../api/expert-error';
import { connect } from '../../api/http';
import { readArchivedPage, readPage } from '../../api/pages';
import { pageKey } from '../../api/path-segment';
import { pageAddress, siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { archivedPageItem, tagKey, tagNames, userOf } from '../../api/page-fields';
import { eventPage } from '../../event/item';
import { isWantedPath } from '../../event/wanted';
import { cacheInMemory } from '../../shared/per-node';
import { type PageParameters, readPageParameters } from '../parameters';
import { readCredential } from '../read-credential';
import { idOfUnnamedPage, TOLERANCE_MS, type UnnamedPage, unnamedPage } from './unnamed-page';
import { lookUpUserNames } from './user-names';

interface Described {
	wanted: INodeExecutionData[];
	/** As they were given. */
	leftOut: INodeExecutionData[];
	/** Names of the options that have left them out. */
	leftOutBy: string[];
}

/**
 * The items with what the site says of their pages, and those whose page is not wanted. Whatever becomes of the site,
 * an item goes on: only what is known can leave it out.
 */
export async function describePages(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<Described> {
	const parameters = readPageParameters(context);
	const { addDetails, skipDrafts, tags } = parameters;
	if (!addDetails && !skipDrafts && tags.length === 0)
		return { wanted: items, leftOut: [], leftOutBy: [] };
	const events = items.map(({ json }) => json);
	// An execution that asks for no page has nothing to wait for.
	const withPage = events.map((event) => (pageQuery(event) === undefined ? {} : event));
	const [details, names] = await Promise.all([
		lookUpPages(context, events, tags.length > 0),
		addDetails ? lookUpUserNames(context, withPage, BUDGET_MS) : [],
	]);
	const wanted: INodeExecutionData[] = [];
	const leftOut: INodeExecutionData[] = [];
	const options = new Set<string>();
	for (const [index, item] of items.entries()) {
		const event = pageOfItem(item.json);
		const page = withDetails(event, details[index]);
		const option = leftOutBy(page, event?.path !== undefined, parameters);
		if (option === undefined) wanted.push(addDetails ? described(item, page, names[index]) : item);
		else leftOut.push(item);
		if (option !== undefined) options.add(option);
	}
	const inOrder = [...options].sort();
	if (leftOut.length > 0) tellLeftOut(context, leftOut.length, inOrder);
	return { wanted, leftOut, leftOutBy: inOrder };
}

/** For the author of a workflow, who would look in vain for an item. */
function tellLeftOut(context: IExecuteFunctions, count: number, options: string[]): void {
	const message = `${counted(count, 'event was', 'events were')} left out by: ${options.join(', ')}`;
	context.addExecutionHints({ message, location: 'outputPane' });
}

/** The page as the event of an item names it, whether the item was simplified or not. */
export function pageOfItem({ page, event }: IDataObject): IDataObject | undefined {
	return (page ?? (event && eventPage(event as XmlElement))) as IDataObject | undefined;
}

/**
 * The page as the event names it, with what the event leaves out. Whether it is a draft is for the site
 * to say: it may have been published since.
 */
function withDetails(
	event: IDataObject | undefined,
	details: IDataObject | undefined,
): IDataObject | undefined {
	if (details === undefined) return event;
	// Only why the site says no more.
	if ('details' in details) return { ...event, ...details };
	const { draftState } = details;
	return { ...details, ...event, ...(draftState === undefined ? {} : { draftState }) };
}

/**
 * Another item: n8n may hold on to the one that it gave. In the order in which an event that names all has it.
 *
 * @param name of its user, where the event has only the ID
 */
function described(
	item: INodeExecutionData,
	page: IDataObject | undefined,
	name: string | undefined,
): INodeExecutionData {
	const { json } = item;
	const { eventType } = json;
	const user = name === undefined ? deleter(json, page) : { ...(json.user as IDataObject), name };
	const found = compact({ page, user });
	return { ...item, json: { ...compact({ eventType, ...found }), ...json, ...found } };
}

/** Who deleted a page, for an event that does not say who caused it. */
function deleter(
	{ event, user }: IDataObject,
	page: IDataObject | undefined,
): IDataObject | undefined {
	const { id, name } = (page?.deletedBy ?? {}) as IDataObject;
	// What is not simplified has no user beside the event.
	return event === undefined && user === undefined ? compact({ id, name }) : undefined;
}

/**
 * The name of the option that leaves out the event of a page; `undefined` when it passes. Each judges
 * only what is known.
 *
 * @param page as the event and the site describe it
 * @param isNamed whether the event itself says where the page is: then that has been judged already
 */
export function leftOutBy(
	page: IDataObject | undefined,
	isNamed: boolean,
	{ skipDrafts, tags, pathPrefixes }: PageParameters,
): string | undefined {
	if (page === undefined) return undefined;
	if (skipDrafts && page.draftState === 'unpublished') return 'Skip Drafts';
	if (!hasOneOf(page.tags, tags)) return 'Page Tags';
	const isElsewhere = typeof page.path === 'string' && !isWantedPath(page.path, pathPrefixes);
	return !isNamed && isElsewhere ? 'Page Paths' : undefined;
}

/** @param tags of the page, where they are known */
function hasOneOf(tags: unknown, wanted: string[]): boolean {
	if (!Array.isArray(tags) || wanted.length === 0) return true;
	const keys = new Set((tags as string[]).map(tagKey));
	return wanted.some((tag) => keys.has(tagKey(tag)));
}

/** Budget for all calls of one execution: what comes after the trigger waits for it. */
export const BUDGET_MS = 5_000;
/** Pages that are read at the same time. */
const MAX_CONCURRENT = 5;

/**
 * Asks the site about the page of each item, within five seconds in all. Where it does not say, `details` says why
 * in a sentence; `undefined` where there is nothing to ask, or nobody can tell which page it was. Never throws.
 *
 * A token that has expired gets less without a word (docs/vendor-facts.md#anonymous-responses): what
 * the site says counts only if it accepts the token.
 *
 * @param needsTags whether the tags of deleted pages are worth a call more
 */
export async function lookUpPages(
	context: IExecuteFunctions,
	items: IDataObject[],
	needsTags = false,
): Promise<Array<IDataObject | undefined>> {
	const queries = items.map(pageQuery);
	if (queries.every((query) => query === undefined)) return queries;
	const credential = await readCredential(context);
	if (credential === undefined) return queries.map((query) => query && { details: NO_CREDENTIAL });
	const api = connect(context, credential, { budgetMs: BUDGET_MS });
	const site = siteOrigin(credential.siteUrl) ?? '';
	const [refused, results] = await Promise.all([
		refusalOf(api, credential),
		lookUpAll({ api: withCache(api), site, needsTags, since: earliest(queries) }, queries),
	]);
	return queries.map((query, index) => query && detailsOf(results[index], refused));
}

const NO_CREDENTIAL =
	'n8n cannot read the credential of the trigger. Open the trigger and choose a CXone Expert API credential.';

/** Ms for which executions that follow rely on it that the token was accepted: each would ask the site once more. */
const ACCEPTED_MS = 5_000;

/** When the token was accepted; ms of the monotonic clock. */
const acceptedAt = cacheInMemory<number>({ ttlMs: ACCEPTED_MS });

/** Why the site does not accept the token, or nobody knows whether it does. */
async function refusalOf(
	api: ApiClient,
	credential: ExpertCredential,
): Promise<ExpertError | undefined> {
	const access = accessKey(credential);
	const askedAt = performance.now();
	if (askedAt - (acceptedAt.get(access) ?? -Infinity) < ACCEPTED_MS) return undefined;
	const refused = await errorOf(currentUser(api));
	if (refused === undefined) acceptedAt.set(access, askedAt);
	return refused && withExpiry(refused, credential);
}

/** What was found counts only where the token is accepted. */
function detailsOf(found: Found, refused: ExpertError | undefined): IDataObject | undefined {
	// Why the page could not be read says more than why the token could not be checked.
	const isItself = found instanceof ExpertError && refused?.kind !== 'anonymous';
	const error = isItself ? found : refused;
	return error === undefined
		? (found as IDataObject | undefined)
		: { details: error.with({ messages: MESSAGES }).text };
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

/** Which page the site is asked about. */
type PageQuery =
	| { kind: 'page'; key: string; label: string }
	| { kind: 'deleted page'; id: string }
	| UnnamedPage;

/** `undefined` when nothing can be asked: the event has nothing to do with a page, or names none. */
export function pageQuery(item: IDataObject): PageQuery | undefined {
	const { id, path } = pageOfItem(item) ?? {};
	const isDeleted = item.eventType === 'page_delete';
	if (/^\d+$/.test(String(id))) return queryById(String(id), isDeleted);
	if (path === undefined) return unnamedPage(item);
	// A page that was deleted is not at its path any more, and the site knows it by its number.
	if (typeof path !== 'string' || isDeleted) return undefined;
	const label = path === '' ? 'the home page' : `page "${path}"`;
	return { kind: 'page', key: pageKey(path), label };
}

function queryById(id: string, isDeleted: boolean): PageQuery {
	return isDeleted ? { kind: 'deleted page', id } : { kind: 'page', key: id, label: `page ${id}` };
}

/** `undefined` when nobody can tell which page it was. */
type Found = IDataObject | ExpertError | undefined;

/** What all look-ups of an execution share. */
interface LookUp {
	api: ApiClient;
	/** Names the site. */
	site: string;
	needsTags: boolean;
	/** One list for all events that name no page. */
	since: number;
}

function earliest(queries: Array<PageQuery | undefined>): number {
	const times = queries.flatMap((query) => (query?.kind === 'unnamed page' ? query.at : []));
	return Math.min(...times) - TOLERANCE_MS;
}

/** One that cannot be read does not keep the others from it. */
async function lookUpAll(shared: LookUp, queries: Array<PageQuery | undefined>): Promise<Found[]> {
	const results: Found[] = [];
	const rest = queries.entries();
	const work = async () => {
		for (const [index, query] of rest)
			results[index] = query && (await lookUp(shared, query).catch(asExpertError));
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return results;
}

async function lookUp(shared: LookUp, query: PageQuery): Promise<IDataObject | undefined> {
	const { api, site, since } = shared;
	switch (query.kind) {
		case 'page':
			return pageDetails(await readPage(api, query.key, query.label));
		case 'deleted page':
			return withAddress(await deletedPage(shared, query.id), site);
		case 'unnamed page': {
			const id = await idOfUnnamedPage(api, site, query, since);
			if (id === undefined) return undefined;
			return await lookUp(shared, queryById(id, query.change === 'deleted'));
		}
	}
}

/**
 * Who deleted a page, and when, the archive tells, and admins alone. Its tags, and the rest to everybody else, the page
 * itself does. So that is read where the archive refuses, or where the tags decide.
 */
async function deletedPage({ api, needsTags }: LookUp, id: string): Promise<IDataObject> {
	const archived = await readArchivedPage(api, id).catch(asExpertError);
	const isRefused = archived instanceof ExpertError;
	if (isRefused && !archived.isRefusal) throw archived;
	if (!isRefused && !needsTags) return archivedPageItem(archived);
	const label = `the deleted page ${id}`;
	const page = await readPage(api, id, label, { includeDeleted: true }).catch(asExpertError);
	if (!(page instanceof ExpertError))
		return { ...deletedPageDetails(page), ...(isRefused ? {} : archivedPageItem(archived)) };
	if (isRefused) throw archived;
	return archivedPageItem(archived);
}

/** The archive names no address. */
function withAddress(page: IDataObject, site: string): IDataObject {
	const { path, url } = page;
	if (typeof path !== 'string' || url !== undefined) return page;
	return { ...page, url: pageAddress(site, path) };
}

function deletedPageDetails(page: XmlElement): IDataObject {
	const { tags, ...details } = pageDetails(page);
	// Whether the page says that it was deleted, or not: its tags may be gone.
	const known = tags?.length === 0 ? undefined : tags;
	return compact({ ...details, tags: known, deletedAt: textOf(page, 'date.deleted') });
}

/** Under the names of the trigger's item and of Page: Get. @param page the response to GET /pages/{id} */
export function pageDetails(page: XmlElement) {
	const state = draftState(page);
	const tags = tagNames(child(page, 'tags'));
	return compact({
		id: attribute(page, 'id'),
		path: pagePath(page),
		title: textOf(page, 'title'),
		url: pageUrl(page),
		// Who wrote the newest text.
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
