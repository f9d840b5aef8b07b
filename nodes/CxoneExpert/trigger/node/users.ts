import { createHmac } from 'node:crypto';
import type { ITriggerFunctions } from 'n8n-workflow';

import { type ApiCall, type ApiClient, readRoot } from '../../api/client';
import { apiSecret, type ExpertCredential } from '../../api/credential';
import { asExpertError, ExpertError, undefinedIfNotFound } from '../../api/expert-error';
import { doubleEncode } from '../../api/path-segment';
import { siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import { attribute } from '../../api/xml';
import { NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { perNode } from '../../memory';
import { NO_IDS, type UserIds } from '../../event/wanted';
import { mapConcurrently } from '../map-concurrently';
import type { TriggerParameters } from '../parameters';
import { STORED } from './stored';

/*
 * Who the users in the filters are, for events that name a user by id only. Publishing asks the site, and so
 * does each check until all are known. What is found is kept in memory, and stored by `create` or the next
 * delivery: nothing else can write static data. Without ids an event passes: one too many does less harm than
 * one that is lost.
 */

/** Which users the site has to name. */
export interface WantedUsers {
	/** What "Exclude Users" holds beside ids, each once. */
	names: string[];
	/** Whether the user of our own token is wanted. */
	own: boolean;
}

export interface FoundUsers {
	ids: UserIds;
	/** Names that the site does not know. */
	unknown: string[];
	/** Why some names could not be looked up, if so: `ids` lacks them. */
	failure: ExpertError | undefined;
}

export function wantedUsers({ filters }: TriggerParameters): WantedUsers {
	const entries = filters.excludeUsers.map((entry) => entry.trim());
	const names = entries.filter((entry) => entry !== '' && !/^\d+$/.test(entry));
	// As they were typed: whether case matters to the site is not known.
	const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
	return { names: [...byLowerCase.values()], own: filters.ignoreOwnChanges };
}

export function isAnyWanted({ names, own }: WantedUsers): boolean {
	return own || names.length > 0;
}

/**
 * Asks the site for the ids. It throws only when our own user is wanted and not found: a name that cannot
 * be looked up still excludes the events that carry the name.
 */
export async function findUsers(api: ApiClient, { names, own }: WantedUsers): Promise<FoundUsers> {
	const excluded: string[] = [];
	const ids = { excluded, ...(own ? { own: await ownId(api) } : {}) };
	const found: FoundUsers = { ids, unknown: [], failure: undefined };
	const lookUp = async (name: string) => {
		try {
			const id = await idOfName(api, name);
			if (id === undefined) found.unknown.push(name);
			else excluded.push(id);
		} catch (thrown) {
			found.failure ??= asExpertError(thrown);
		}
	};
	await mapConcurrently(names, lookUp);
	// Responses come in any order: the same ids are not to be stored again.
	excluded.sort();
	return found;
}

async function ownId(api: ApiClient): Promise<string> {
	const { id } = await currentUser(api);
	if (id !== undefined) return id;
	const doing = "find the user of the token for 'Ignore Own Changes'";
	throw new ExpertError({ kind: 'unexpected', doing });
}

/** `undefined` when the site knows nobody of this name. */
async function idOfName(api: ApiClient, name: string): Promise<string | undefined> {
	const doing = "look up the names in 'Exclude Users'";
	const path = `/users/=${doubleEncode(name)}`;
	const call: ApiCall = { method: 'GET', path, query: { exclude: 'groups,properties' }, doing };
	const user = await undefinedIfNotFound(readRoot(api, call, 'user'));
	if (user === undefined) return undefined;
	const id = attribute(user, 'id');
	if (id === undefined) throw new ExpertError({ kind: 'unexpected', doing });
	return id;
}

/** What a check does where publishing got no response, or what it has stored was lost. */
export async function learnUsers(
	n8n: ITriggerFunctions,
	api: ApiClient,
	credential: ExpertCredential,
	parameters: TriggerParameters,
): Promise<void> {
	const users = new FilterUsers(n8n, credential, parameters);
	if (users.areKnown) return;
	const failure = await users.find(api).then((found) => found.failure, asExpertError);
	if (failure === undefined) return;
	n8n.logger.warn(
		`The CXone Expert site did not say who the users in the filters of "${n8n.getNode().name}" are. Events that name a user by ID only may be let through, and the next check asks again. ${failure.text}`,
	);
}

/** The ids, and the lookup that has given them. */
interface KnownIds extends UserIds {
	/** See {@link lookupKey}. */
	for: string;
}

/** What this process has found. */
const foundBy = perNode((): { all?: KnownIds; some?: KnownIds } => ({}));

/** The users in the filters of one trigger node, for one look: at a publication, a check or a delivery. */
export class FilterUsers {
	private readonly wanted: WantedUsers;
	private readonly context: StaticDataContext;
	private readonly staticData: NodeStaticData;
	private readonly key: string;
	private readonly credential: ExpertCredential;

	constructor(
		context: StaticDataContext,
		credential: ExpertCredential,
		parameters: TriggerParameters,
	) {
		this.context = context;
		this.staticData = new NodeStaticData(context);
		this.wanted = wantedUsers(parameters);
		this.key = lookupKey(this.wanted, credential);
		this.credential = credential;
	}

	/** Nothing is left to ask the site for. */
	get areKnown(): boolean {
		return !isAnyWanted(this.wanted) || this.known !== undefined;
	}

	/** As far as this process knows them. */
	get ids(): UserIds {
		const { excluded, own } = this.known ?? this.ifFor(foundBy(this.context).some) ?? NO_IDS;
		return own === undefined ? { excluded } : { excluded, own };
	}

	/**
	 * Asks the site for the ids, and keeps them in memory. Those that lack a name are good until the next check
	 * has found all, and are not stored.
	 */
	async find(api: ApiClient): Promise<FoundUsers> {
		const found = await findUsers(api, this.wanted).catch((thrown: unknown) => {
			throw withExpiry(asExpertError(thrown), this.credential);
		});
		const part = found.failure === undefined ? 'all' : 'some';
		if (isAnyWanted(this.wanted)) foundBy(this.context)[part] = { for: this.key, ...found.ids };
		return found;
	}

	/** In `create` and `webhook()` only: n8n saves static data after them. */
	store(): void {
		const all = this.ifFor(foundBy(this.context).all);
		if (all !== undefined) this.staticData.update(STORED.userIds, all);
	}

	/** For `create`: what a version before has stored for other users goes. */
	replaceStored(): void {
		if (this.stored === undefined) this.staticData.drop(STORED.userIds);
		this.store();
	}

	private get known(): KnownIds | undefined {
		return this.ifFor(foundBy(this.context).all) ?? this.stored;
	}

	private get stored(): KnownIds | undefined {
		const stored = this.staticData.read(STORED.userIds);
		return isKnownIds(stored) ? this.ifFor(stored) : undefined;
	}

	private ifFor(ids: KnownIds | undefined): KnownIds | undefined {
		return ids?.for === this.key ? ids : undefined;
	}
}

/**
 * Identifies the lookup that gives the ids: this token, this site, these names. It is keyed with
 * the secret of the token, so that nobody can guess names with it, and too short to reveal the secret.
 */
export function lookupKey({ names, own }: WantedUsers, credential: ExpertCredential): string {
	const lookup = [siteOrigin(credential.siteUrl), credential.runAsUser, own, ...names];
	const hash = createHmac('sha256', apiSecret(credential)).update(JSON.stringify(lookup));
	return hash.digest('base64url').slice(0, 8);
}

/** The column can hold anything. */
function isKnownIds(stored: unknown): stored is KnownIds {
	const { for: key, excluded, own } = (stored ?? {}) as Record<string, unknown>;
	return (
		typeof key === 'string' &&
		Array.isArray(excluded) &&
		excluded.every((id) => typeof id === 'string') &&
		(own === undefined || typeof own === 'string')
	);
}
