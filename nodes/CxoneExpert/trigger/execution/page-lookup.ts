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
import type { Journey } from './journey';
import type { Site } from './site';
import { idOfUnnamedPage, TOLERANCE_MS } from './unnamed-page';

/** For all calls about one page, from when its turn comes: in a batch each has what it would have alone. */
export const PAGE_LOOKUP_BUDGET_MS = 5_000;

/**
 * Asks the site about the page of each journey: `found` is what it says, or why it does not. Never throws.
 *
 * With an expired token the site tells less, and does not say so (docs/vendor-facts.md#anonymous-responses). So what it
 * says counts only if it accepts the token.
 *
 * @param asked have a query
 * @param needsWhole whether tags and language of deleted pages are worth another call
 */
export async function lookUpPages(site: Site, asked: Journey[], needsWhole: boolean): Promise<void> {
	if (asked.length === 0) return;
	const credential = await site.credential();
	if (credential === undefined) {
		for (const journey of asked) journey.found = credentialRefusal(NO_CREDENTIAL);
		return;
	}
	const responses: Responses = new Map();
	const connect = () => withCache(site.connect(credential, PAGE_LOOKUP_BUDGET_MS), responses);
	const origin = siteOrigin(credential.siteUrl) ?? '';
	const [refused] = await Promise.all([
		refusalOf(connect(), credential),
		lookUpEach(asked, { origin, needsWhole, since: earliest(asked) }, connect),
	]);
	for (const journey of asked) journey.found = believed(journey.found, refused);
}

/** How long other executions rely on an accepted token, instead of asking the site again. */
const ACCEPTED_MS = 5_000;

/** By site and token. */
const accepted = cacheInMemory<true>({ ttlMs: ACCEPTED_MS });

/** Why the site does not accept the token, or why it could not say so. */
async function refusalOf(api: ApiClient, credential: ExpertCredential): Promise<ExpertError | undefined> {
	const access = accessKey(credential);
	if (accepted.get(access)) return undefined;
	const refused = await errorOf(currentUser(api));
	if (refused === undefined) accepted.set(access, true);
	return refused && withExpiry(refused, credential);
}

/** A page, or that there is none for us, counts only if the token is accepted. */
function believed(found: Journey['found'], refused: ExpertError | undefined): Journey['found'] {
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
		description: 'The page may have been deleted, restored or moved since, or the user of the token may not see it.',
	},
};

/** What the look-ups of an execution share, but for the client. */
interface LookUp {
	api: ApiClient;
	/** Origin of the site. */
	origin: string;
	needsWhole: boolean;
	/** One list of changes for all events that name no page; site time, unix ms. */
	since: number;
}

function earliest(asked: Journey[]): number {
	const times = asked.flatMap(({ query }) => (query?.kind === 'unnamed page' ? query.change.at : []));
	return Math.min(...times) - TOLERANCE_MS;
}

/** After so many calls in a row without a response the site counts as away, and the rest of a batch does not wait. */
const MAX_SILENCE = 5;

/** A page that cannot be read leaves the others alone. */
async function lookUpEach(asked: Journey[], shared: Omit<LookUp, 'api'>, connect: () => ApiClient): Promise<void> {
	let silence: ExpertError[] = [];
	await mapConcurrently(asked, async (journey) => {
		const isAway = silence.length >= MAX_SILENCE;
		const look = async () => await lookUp({ ...shared, api: connect() }, journey.query!);
		const found = isAway ? silence[0] : await look().catch(asExpertError);
		silence = found instanceof ExpertError && isSilence(found) ? [...silence, found] : [];
		journey.found = found;
	});
}

function isSilence({ kind }: ExpertError): boolean {
	return kind === 'timeout' || kind === 'budget-exceeded' || kind === 'unreachable';
}

async function lookUp(shared: LookUp, query: PageQuery): Promise<IDataObject | undefined> {
	const { api, origin, since } = shared;
	switch (query.kind) {
		case 'page':
			return pageDetails(await readPage(api, query.key, query.label));
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
 * The archive alone tells who deleted a page, and when, and only to admins. The page itself tells its tags and
 * language, and everybody else the rest. So it is read if the archive refuses, or if they decide.
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

/** The archive names no address. */
function withAddress(page: IDataObject, origin: string): IDataObject {
	const { path, url } = page;
	if (typeof path !== 'string' || url !== undefined) return page;
	return { ...page, url: pageAddress(origin, path) };
}

function deletedPageDetails(page: XmlElement): IDataObject {
	const { tags, ...details } = pageDetails(page);
	// The tags of a deleted page may be gone, so an empty list says nothing.
	const known = tags?.length === 0 ? undefined : tags;
	return compact({ ...details, tags: known, deletedAt: textOf(page, 'date.deleted') });
}

/** @param page the response to GET /pages/{id} */
export function pageDetails(page: XmlElement) {
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
