import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { compact, idOf } from '../../api/elements';
import { asExpertError, credentialRefusal, errorOf, ExpertError, type StatusMessages } from '../../api/expert-error';
import { archivedPageItem, parentAndCreator, pageFields } from '../../api/page-fields';
import { readArchivedPage, readPage } from '../../api/pages';
import { pageAddress, siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import { child, textOf, type XmlElement } from '../../api/xml';
import { cacheInMemory } from '../../memory';
import { mapConcurrently } from '../map-concurrently';
import { NO_CREDENTIAL } from '../read-credential';
import { type PageQuery, queryById } from './page-query';
import type { StepItem } from './step-item';
import type { Site } from './site';
import { idOfUnnamedPage, TOLERANCE_MS } from './unnamed-page';

/** Budget of all calls about one page, from when its turn comes, so that a batch does not shorten it. */
export const PAGE_LOOKUP_BUDGET_MS = 5_000;

/**
 * Asks the site about the page of each item, and sets `found` to the page or to the reason why it is missing. Never
 * throws.
 *
 * With an expired token the site reveals less, and does not say so (docs/vendor-facts.md#anonymous-responses). So a
 * response counts only if the site accepts the token.
 *
 * @param asked items that have a query
 * @param needsWhole whether tags and language of deleted pages are worth another call
 */
export async function lookUpPages(site: Site, asked: StepItem[], needsWhole: boolean): Promise<void> {
	if (asked.length === 0) return;
	const credential = await site.credential();
	if (credential === undefined) {
		for (const item of asked) item.found = credentialRefusal(NO_CREDENTIAL);
		return;
	}
	const responses: Responses = new Map();
	const connect = () => withCache(site.connect(credential, PAGE_LOOKUP_BUDGET_MS), responses);
	const origin = siteOrigin(credential.siteUrl) ?? '';
	const [refused] = await Promise.all([
		refusalOf(connect(), credential),
		lookUpEach(asked, { origin, needsWhole, since: earliest(asked) }, connect),
	]);
	for (const item of asked) item.found = believed(item.found, refused);
}

/** How long other executions rely on an accepted token instead of asking the site again. */
const ACCEPTED_MS = 5_000;

/** Tokens that were accepted lately, by site and token. */
const accepted = cacheInMemory<true>({ ttlMs: ACCEPTED_MS });

/** The reason why the site does not accept the token, or why it could not say so. */
async function refusalOf(api: ApiClient, credential: ExpertCredential): Promise<ExpertError | undefined> {
	const access = accessKey(credential);
	if (accepted.get(access)) return undefined;
	const refused = await errorOf(currentUser(api));
	if (refused === undefined) accepted.set(access, true);
	return refused && withExpiry(refused, credential);
}

/** A page counts only if the token is accepted, and so does its absence. */
function believed(found: StepItem['found'], refused: ExpertError | undefined): StepItem['found'] {
	const isWhy = found instanceof ExpertError && !found.isRefusal && refused?.kind !== 'anonymous';
	// The reason why the page could not be read says more than why the token could not be checked.
	const result = isWhy ? found : (refused ?? found);
	return result instanceof ExpertError ? result.with({ messages: LOOKUP_MESSAGES }) : result;
}

const LOOKUP_MESSAGES: StatusMessages = {
	403: {
		message: 'Expert did not allow this',
		description:
			'The user of the token may lack the right to read the page. The archive of deleted pages is for admins.',
	},
	404: {
		message: 'Expert did not find it',
		description: 'The page may have been deleted, restored or moved since, or the user of the token may not see it.',
	},
};

/** Data that all look-ups of an execution share, except for the client. */
interface LookUp {
	api: ApiClient;
	/** Origin of the site. */
	origin: string;
	needsWhole: boolean;
	/** Start of the one list of changes for all events that name no page; site time, unix ms. */
	since: number;
}

function earliest(asked: StepItem[]): number {
	const times = asked.flatMap(({ query }) => (query?.kind === 'unnamed page' ? query.change.at : []));
	return Math.min(...times) - TOLERANCE_MS;
}

/** Calls in a row without a response after which the site counts as away, so that the rest of a batch does not wait. */
const MAX_SILENCE = 5;

/** Looks up each page. One that cannot be read does not affect the others. */
async function lookUpEach(asked: StepItem[], shared: Omit<LookUp, 'api'>, connect: () => ApiClient): Promise<void> {
	let silence: ExpertError[] = [];
	await mapConcurrently(asked, async (item) => {
		const isAway = silence.length >= MAX_SILENCE;
		const look = async () => await lookUp({ ...shared, api: connect() }, item.query!);
		const found = isAway ? silence[0] : await look().catch(asExpertError);
		silence = found instanceof ExpertError && isSilence(found) ? [...silence, found] : [];
		item.found = found;
	});
}

function isSilence({ kind }: ExpertError): boolean {
	return kind === 'timeout' || kind === 'budget-exceeded' || kind === 'unreachable';
}

async function lookUp(shared: LookUp, query: PageQuery): Promise<IDataObject | undefined> {
	const { api, origin, since } = shared;
	switch (query.kind) {
		case 'page':
			return detailsOfPage(await readPage(api, query.key, query.label));
		case 'deleted page':
			return withAddress(await deletedPage(shared, query.id), origin);
		case 'unnamed page': {
			const id = await idOfUnnamedPage(api, query.change, since);
			if (id === undefined) return undefined;
			return await lookUp(shared, queryById(id, query.change.kind === 'deleted'));
		}
	}
}

/**
 * Only the archive knows who deleted a page, and when, and shows it only to admins. The page itself has tags and
 * language, and shows the rest to everybody. So read the page if the archive refuses, or if tags or language decide.
 */
async function deletedPage({ api, needsWhole }: LookUp, id: string): Promise<IDataObject> {
	const archived = await readArchivedPage(api, id).catch(asExpertError);
	const isRefused = archived instanceof ExpertError;
	if (isRefused && !archived.isRefusal) throw archived;
	const details = isRefused ? {} : archivedPageItem(archived);
	if (!isRefused && !needsWhole) return details;
	const label = `the deleted page ${id}`;
	const page = await readPage(api, id, label, { includeDeleted: true }).catch(asExpertError);
	if (!(page instanceof ExpertError)) return { ...deletedPageDetails(page), ...details };
	if (isRefused) throw archived;
	return details;
}

/** Adds the address, which the archive does not have. */
function withAddress(page: IDataObject, origin: string): IDataObject {
	const { path, url } = page;
	if (typeof path !== 'string' || url !== undefined) return page;
	return { ...page, url: pageAddress(origin, path) };
}

function deletedPageDetails(page: XmlElement): IDataObject {
	const { tags, ...details } = detailsOfPage(page);
	// The tags of a deleted page may be gone, so an empty list says nothing.
	const known = tags?.length === 0 ? undefined : tags;
	return compact({ ...details, tags: known, deletedAt: textOf(page, 'date.deleted') });
}

/** @param page the response to GET /pages/{id} */
export function detailsOfPage(page: XmlElement) {
	const permissions = child(child(page, 'security'), 'permissions.page');
	const restriction = child(permissions, 'restriction');
	return {
		...pageFields(page),
		...parentAndCreator(page),
		restriction: restriction && { id: idOf(restriction), name: textOf(restriction) },
	};
}

type Responses = Map<string, ReturnType<ApiClient['call']>>;

/** Makes each call once: several events of an execution can be about one page. */
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
