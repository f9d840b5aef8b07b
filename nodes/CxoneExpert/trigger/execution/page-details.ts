import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	sleep,
} from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { compact, draftState, numberOf, pagePath, pageUrl } from '../../api/elements';
import {
	asExpertError,
	counted,
	errorOf,
	ExpertError,
	refusal,
	type StatusMessages,
	type UserMessage,
} from '../../api/expert-error';
import { connect } from '../../api/http';
import { readArchivedPage, readPage } from '../../api/pages';
import { pageKey } from '../../api/path-segment';
import { pageAddress, siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { archivedPageItem, tagKey, tagNames, userOf } from '../../api/page-fields';
import { pageOfItem } from '../../event/item';
import { canRunLater, runLater } from '../../n8n/run-later';
import { isWantedPath } from '../../event/wanted';
import { cacheInMemory } from '../../memory';
import { mapConcurrently } from '../map-concurrently';
import { type PageParameters, readPageParameters } from '../parameters';
import { readCredential } from '../read-credential';
import { tellInOutput } from './once';
import {
	type Found,
	type Judgement,
	NO_FIRST_TEXT,
	PublicationRule,
	type Publications,
} from './publication';
import { idOfUnnamedPage, TOLERANCE_MS, type UnnamedPage, unnamedPage } from './unnamed-page';
import { lookUpUserNames } from './user-names';

interface Described {
	wanted: INodeExecutionData[];
	/** As they were given. */
	leftOut: INodeExecutionData[];
	/** Names of the options that have left them out. */
	leftOutBy: string[];
	/** Those of the wanted ones that may tell of the first publication of their page. */
	publications: Publications;
}

/**
 * The items with what the site says of their pages, and those whose page is not wanted. Whatever becomes of the site,
 * an item goes on: only what is known can leave it out.
 *
 * Where "Page Published (First Time)" depends on what the site could not be asked, the others do not wait for that: n8n
 * runs this step once more for the rest.
 *
 * @throws NodeOperationError where nothing of that can be decided: a failed execution is seen, and can be retried
 */
export async function describePages(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<Described> {
	const parameters = readPageParameters(context);
	const events = items.map(({ json }) => json);
	const rule = await PublicationRule.read(context);
	const laterTexts = await Promise.all(events.map(async (event) => await rule.isLaterText(event)));
	// An execution that asks for no page has nothing to wait for.
	const named = events.map((event, index) =>
		laterTexts[index] || pageQuery(event) === undefined ? {} : event,
	);
	const [judged, names] = await Promise.all([
		judgePages(context, events, { parameters, rule, laterTexts }),
		parameters.addDetails ? lookUpUserNames(context, named, BUDGET_MS) : [],
	]);
	const undecided = items.filter((_item, index) => judged[index]!.undecided !== undefined);
	if (undecided.length > 0) putOff(context, undecided, judged);
	const reasons = new Set(judged.flatMap(({ leftOutBy: reason }) => reason ?? []));
	const why = [...reasons].sort();
	const result: Described = { wanted: [], leftOut: [], leftOutBy: why, publications: new Map() };
	for (const [index, item] of items.entries()) {
		const { page, leftOutBy: reason, publication, undecided: isOpen } = judged[index]!;
		if (isOpen !== undefined) continue;
		const passing = parameters.addDetails ? described(item, page, names[index]) : item;
		if (reason === undefined) result.wanted.push(passing);
		else result.leftOut.push(item);
		if (reason === undefined && publication !== undefined)
			result.publications.set(passing, publication);
	}
	if (why.length > 0) tellLeftOut(context, result);
	return result;
}

/** @throws NodeOperationError where there are no others to go on with */
function putOff(
	context: IExecuteFunctions,
	undecided: INodeExecutionData[],
	judged: Judged[],
): void {
	const isAlone = undecided.length === judged.length || !canRunLater(context);
	if (isAlone) throw judged.find((each) => each.undecided !== undefined)!.undecided!;
	runLater(context, undecided);
	const events = counted(undecided.length, 'event', 'events');
	const why = `${events} could not be judged yet: the site, or n8n's database, did not say enough. The trigger looks again once all else of this execution has run.`;
	tellInOutput(context, why);
	context.logger.warn(`CXone Expert, node "${context.getNode().name}": ${why}`);
}

/** What becomes of an item, and its page as the event and the site describe it. */
interface Judged extends Judgement {
	page: IDataObject | undefined;
}

/** What items are judged by. */
interface Rules {
	parameters: PageParameters;
	rule: PublicationRule;
	/** By item: whether its event itself says that it is no first text. The site is asked nothing about it. */
	laterTexts: boolean[];
}

async function judgePages(
	context: IExecuteFunctions,
	items: IDataObject[],
	{ parameters, rule, laterTexts }: Rules,
): Promise<Judged[]> {
	const { addDetails, skipDrafts, tags } = parameters;
	const isAskedFor = (item: IDataObject, index: number) =>
		!laterTexts[index] && (addDetails || skipDrafts || tags.length > 0 || rule.isAbout(item));
	const asked = items.map((item, index) => (isAskedFor(item, index) ? item : {}));
	const { found, isOpen } = await lookUpPersistently(context, asked, tags.length > 0, rule);
	return await Promise.all(
		items.map(async (item, index): Promise<Judged> => {
			const event = pageOfItem(item);
			const page = withDetails(event, found[index]);
			if (isOpen[index]) return { page, undecided: rule.couldNotTell(found[index]) };
			const byRule = laterTexts[index] ? NO_FIRST_TEXT : await rule.judge(item, found[index]);
			const byOption = leftOutBy(page, event?.path !== undefined, parameters);
			// What an option leaves out need not be decided.
			if (byOption !== undefined) return { page, leftOutBy: byOption };
			return { ...byRule, page };
		}),
	);
}

/** Between the tries to ask about a page that decides: the site may be away for a moment, or slow in a burst. */
const PAUSES_MS = [1_000, 3_000, 9_000];

/**
 * Asks again while nothing can be decided without that. As soon as some items can go on, the others are left open, and
 * {@link putOff}.
 */
async function lookUpPersistently(
	context: IExecuteFunctions,
	items: IDataObject[],
	needsTags: boolean,
	rule: PublicationRule,
): Promise<{ found: Found[]; isOpen: boolean[] }> {
	const found = await lookUpPages(context, items, needsTags);
	for (const pauseMs of PAUSES_MS) {
		const isOpen = items.map((item, index) => rule.needsToAskAgain(item, found[index]));
		const isLeftOpen = canRunLater(context) && isOpen.includes(false);
		if (isLeftOpen || !isOpen.includes(true)) return { found, isOpen };
		await sleep(pauseMs);
		const open = items.map((item, index) => (isOpen[index] ? item : {}));
		const again = await lookUpPages(context, open, needsTags);
		for (const [index, each] of again.entries()) if (isOpen[index]) found[index] = each;
	}
	return { found, isOpen: [] };
}

function tellLeftOut(context: IExecuteFunctions, { leftOut, leftOutBy }: Described): void {
	const events = counted(leftOut.length, 'event was', 'events were');
	tellInOutput(context, `${events} left out by: ${leftOutBy.join(', ')}`);
}

/**
 * The page as the event names it, with what the event leaves out. Whether it is a draft is for the site
 * to say: it may have been published since.
 */
function withDetails(event: IDataObject | undefined, found: Found): IDataObject | undefined {
	if (found === undefined) return event;
	if (found instanceof ExpertError) return { ...event, details: found.text };
	const { draftState } = found;
	return { ...found, ...event, ...(draftState === undefined ? {} : { draftState }) };
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

/** Budget for all calls about one page, from when its turn comes: in a batch each has what it would have alone. */
export const BUDGET_MS = 5_000;

/**
 * Asks the site about the page of each item: what it says, or why it does not; `undefined` where there is nothing to
 * ask, or nobody can tell which page it was. Never throws.
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
): Promise<Found[]> {
	const queries = items.map(pageQuery);
	if (queries.every((query) => query === undefined)) return queries;
	const credential = await readCredential(context);
	if (credential === undefined) return queries.map((query) => query && refusal(NO_CREDENTIAL));
	const responses: Responses = new Map();
	const api = () => withCache(connect(context, credential, { budgetMs: BUDGET_MS }), responses);
	const site = siteOrigin(credential.siteUrl) ?? '';
	const [refused, results] = await Promise.all([
		refusalOf(api(), credential),
		lookUpAll({ site, needsTags, since: earliest(queries) }, queries, api),
	]);
	return queries.map((query, index) => query && believed(results[index], refused));
}

const NO_CREDENTIAL: UserMessage = {
	message: 'n8n cannot read the credential of the trigger',
	description: 'Open the trigger and choose a CXone Expert API credential.',
};

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

/** What was found, or that there is no such page for us, counts only where the token is accepted. */
function believed(found: Found, refused: ExpertError | undefined): Found {
	const isWhy = found instanceof ExpertError && !found.isRefusal && refused?.kind !== 'anonymous';
	// Why the page could not be read says more than why the token could not be checked.
	const result = isWhy ? found : (refused ?? found);
	return result instanceof ExpertError ? result.with({ messages: MESSAGES }) : result;
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

/** What the look-ups of an execution share, but for the client. */
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
async function lookUpAll(
	shared: Omit<LookUp, 'api'>,
	queries: Array<PageQuery | undefined>,
	connectTo: () => ApiClient,
): Promise<Found[]> {
	let silence: ExpertError[] = [];
	return await mapConcurrently(queries, async (query) => {
		if (query === undefined || silence.length >= MAX_SILENCE) return query && silence[0];
		const found = await lookUp({ ...shared, api: connectTo() }, query).catch(asExpertError);
		silence = found instanceof ExpertError && isSilence(found) ? [...silence, found] : [];
		return found;
	});
}

/** After so many calls in a row without a response a site counts as away: the rest of a batch need not wait. */
const MAX_SILENCE = 5;

function isSilence({ kind }: ExpertError): boolean {
	return kind === 'timeout' || kind === 'budget-exceeded' || kind === 'unreachable';
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

type Responses = Map<string, ReturnType<ApiClient['call']>>;

/** Several events of an execution can be about one page: makes each call once. */
function withCache(api: ApiClient, responses: Responses): ApiClient {
	return {
		async call(call) {
			const key = JSON.stringify([call.path, call.query]);
			const response = responses.get(key) ?? api.call(call);
			responses.set(key, response);
			return await response;
		},
	};
}
