import { createHmac } from 'node:crypto';

import type { FunctionsBase } from 'n8n-workflow';

import { type ApiCall, type ApiClient, readRoot } from '../../api/client';
import { apiSecret, type ExpertCredential } from '../../api/credential';
import { asExpertError, ExpertError, refusal, undefinedIfNotFound, type UserMessage } from '../../api/expert-error';
import { doubleEncode } from '../../api/path-segment';
import { printable } from '../../api/redact';
import { siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import { attribute, children, textOf, type XmlElement } from '../../api/xml';
import { NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { perNode } from '../../memory';
import { NO_IDS, type UserIds } from '../../event/filters';
import { mapConcurrently } from '../map-concurrently';
import type { TriggerParameters } from '../parameters';
import { STORED } from './stored';

/*
 * Finds who the users in the filters are, for events that name a user by ID only. Publishing asks the site. The watch
 * asks once more if that failed, if the stored IDs were lost or if the token has changed. IDs are in memory, and
 * `create` or the next delivery stores them, as a check cannot write static data.
 *
 * Without IDs an event passes: a superfluous event does less harm than a lost one.
 */

/** Users to look up at the site. */
interface WantedUsers {
	/** The names in "Exclude Users", each once. */
	names: string[];
	/** Whether the user of our token is to be looked up. */
	own: boolean;
}

interface FoundUsers {
	ids: UserIds;
	/** Names unknown to the site. */
	unknown: string[];
	/** Why some names could not be looked up. `ids` lacks them. */
	failure: ExpertError | undefined;
}

export function wantedUsers({ filters }: TriggerParameters): WantedUsers {
	const names = filters.excludeUsers.filter((entry) => !/^\d+$/.test(entry));
	// Keep the spelling, because the site may be case-sensitive.
	const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
	return { names: [...byLowerCase.values()], own: filters.ignoreOwnChanges };
}

export function isAnyWanted({ names, own }: WantedUsers): boolean {
	return own || names.length > 0;
}

/**
 * Asks the site for the IDs. Throws only if the user of our token is not found: an excluded name without an ID still
 * matches events that carry the name.
 */
async function findUsers(api: ApiClient, { names, own }: WantedUsers): Promise<FoundUsers> {
	const excluded: string[] = [];
	const ids = { excluded, ...(own ? { own: await ownId(api) } : {}) };
	const found: FoundUsers = { ids, unknown: [], failure: undefined };
	const lookUp = async (name: string) => {
		try {
			const named = await idsOfName(api, name);
			if (named.length === 0) found.unknown.push(name);
			excluded.push(...named);
		} catch (thrown) {
			found.failure ??= asExpertError(thrown);
		}
	};
	await mapConcurrently(names, lookUp);
	// Responses come in any order. Sort them, so that the same IDs are not stored again.
	excluded.sort();
	return found;
}

async function ownId(api: ApiClient): Promise<string> {
	const { id } = await currentUser(api);
	if (id !== undefined) return id;
	const doing = "find the user of the token for 'Ignore Own Changes'";
	throw new ExpertError({ kind: 'unexpected', doing });
}

/** IDs of the user with this name, or else of all users with this full name. */
async function idsOfName(api: ApiClient, name: string): Promise<string[]> {
	const call = { method: 'GET', doing: "look up the names in 'Exclude Users'" } as const;
	const path = `/users/=${doubleEncode(name)}`;
	const byName: ApiCall = { ...call, path, query: { exclude: 'groups,properties' } };
	const user = await undefinedIfNotFound(readRoot(api, byName, 'user'));
	if (user !== undefined) return [requiredId(user, call.doing)];
	const byFullName: ApiCall = { ...call, path: '/users', query: { fullnamefilter: name } };
	const users = children(await readRoot(api, byFullName, 'users'), 'user');
	// The site only compares the beginning: docs/vendor-facts.md#users.
	const isNamed = (each: XmlElement) => textOf(each, 'fullname')?.trim().toLowerCase() === name.toLowerCase();
	return users.filter(isNamed).map((each) => requiredId(each, call.doing));
}

function requiredId(user: XmlElement, doing: string): string {
	const id = attribute(user, 'id');
	if (id === undefined) throw new ExpertError({ kind: 'unexpected', doing });
	return id;
}

/** @throws ExpertError if a name excludes nobody, as a test would not show */
export function refuseUnknown({ unknown: [name] }: FoundUsers): void {
	if (name !== undefined) throw refusal(excludesNobody(name));
}

/** @param name in "Exclude Users" */
export function excludesNobody(name: string): UserMessage {
	return {
		message: `The site has no user "${printable(name)}", whom 'Exclude Users' names, so this name excludes nobody`,
		description: "Enter the user name, the full name that items show, or the user's ID, or remove the name.",
	};
}

/** Logs what publishing found out about the filters. */
export function logUsers({ logger }: Pick<FunctionsBase, 'logger'>, { unknown, failure }: FoundUsers): void {
	for (const name of unknown) {
		logger.warn(
			`The CXone Expert site has no user "${printable(name)}", whom 'Exclude Users' names in the trigger. Check the name, or enter the user's ID, and publish again. Until then only events that carry this name are held back.`,
		);
	}
	if (failure === undefined) return;
	logger.warn(
		`The workflow is published, but the CXone Expert site did not say who the users in 'Exclude Users' are. The trigger asks again by itself. ${failure.text}`,
	);
}

/** IDs with the lookup that found them. */
interface KnownIds extends UserIds {
	/** See {@link lookupKey}. */
	for: string;
}

/** What this process has found, by node. A part is not stored: some names could not be looked up. */
const foundBy = perNode((): { ids?: KnownIds; isPart?: boolean } => ({}));

/** The users in the filters of one trigger node. Make a new one for each publish, check or delivery. */
export class FilterUsers {
	private readonly wanted: WantedUsers;
	private readonly context: StaticDataContext;
	private readonly staticData: NodeStaticData;
	private readonly key: string;
	private readonly credential: ExpertCredential;

	constructor(context: StaticDataContext, credential: ExpertCredential, parameters: TriggerParameters) {
		this.context = context;
		this.staticData = new NodeStaticData(context);
		this.wanted = wantedUsers(parameters);
		this.key = lookupKey(this.wanted, credential);
		this.credential = credential;
	}

	/** Whether all users are known, so that nothing is left to look up. */
	get areKnown(): boolean {
		return !isAnyWanted(this.wanted) || this.known !== undefined;
	}

	/** The IDs that this process knows. */
	get ids(): UserIds {
		return this.known ?? this.found ?? NO_IDS;
	}

	/** Asks the site for the IDs and keeps them in memory. */
	async find(api: ApiClient): Promise<FoundUsers> {
		const found = await findUsers(api, this.wanted).catch((thrown: unknown) => {
			throw withExpiry(asExpertError(thrown), this.credential);
		});
		const ids = { for: this.key, ...found.ids };
		const isPart = found.failure !== undefined;
		if (isAnyWanted(this.wanted)) Object.assign(foundBy(this.context), { ids, isPart });
		return found;
	}

	/** Writes the IDs to static data. Call it in `create` and `webhook()` only: n8n saves static data after them. */
	store(): void {
		const { whole } = this;
		if (whole !== undefined) this.staticData.update(STORED.userIds, whole);
	}

	/** Stores the IDs, or drops IDs of other users. Call it in `create` only. */
	replaceStored(): void {
		if (this.stored === undefined) this.staticData.drop(STORED.userIds);
		this.store();
	}

	private get known(): KnownIds | undefined {
		return this.whole ?? this.stored;
	}

	private get found(): KnownIds | undefined {
		return this.ifFor(foundBy(this.context).ids);
	}

	private get whole(): KnownIds | undefined {
		return foundBy(this.context).isPart ? undefined : this.found;
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
 * Identifies a lookup by site, token and names. The key is the secret of the token, so that nobody can guess names from
 * the hash, which is too short to reveal the secret.
 */
export function lookupKey({ names, own }: WantedUsers, credential: ExpertCredential): string {
	const lookup = [siteOrigin(credential.siteUrl), credential.runAsUser, own, ...names];
	const hash = createHmac('sha256', apiSecret(credential)).update(JSON.stringify(lookup));
	return hash.digest('base64url').slice(0, 8);
}

/** Static data can contain anything. */
function isKnownIds(stored: unknown): stored is KnownIds {
	const { for: key, excluded, own } = (stored ?? {}) as Record<string, unknown>;
	return (
		typeof key === 'string' &&
		Array.isArray(excluded) &&
		excluded.every((id) => typeof id === 'string') &&
		(own === undefined || typeof own === 'string')
	);
}
