import { currentUser } from '../../api/token-check';
import { doubleEncode } from '../../api/path-segment';
import type { ApiClient } from '../../api/client';
import { type ApiFailure, isNotFound } from '../../api/failure';
import { failed, type Result, success } from '../../api/result';
import { attribute } from '../../api/xml';
import type { TriggerParameters } from '../parameters';

/** Which users the site has to name, so that an event with nothing but a user's id can be judged. */
export interface WantedUsers {
	/** What "Exclude Users" holds beside ids, each once. */
	names: string[];
	/** Whether the user of our own token is wanted. */
	own: boolean;
}

/** Ids of users whose changes start nothing. Nothing else about a user is ever stored. */
export interface UserIds {
	excluded: string[];
	own?: string;
}

export interface FoundUsers {
	ids: UserIds;
	/** Names that the site does not know. */
	unknown: string[];
	/** Why some names could not be looked up, if so: `ids` lacks them. */
	failure: ApiFailure | undefined;
}

/** Before the site was asked. */
export const NO_IDS: UserIds = { excluded: [] };

export function wantedUsers({ filters, ignoreOwnChanges }: TriggerParameters): WantedUsers {
	const entries = filters.excludeUsers.map((entry) => entry.trim());
	const names = entries.filter((entry) => entry !== '' && !/^\d+$/.test(entry));
	// As they were typed: whether case matters to the site is not known.
	const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
	return { names: [...byLowerCase.values()], own: ignoreOwnChanges };
}

export function isAnyWanted({ names, own }: WantedUsers): boolean {
	return own || names.length > 0;
}

/**
 * Asks the site for the ids. It fails as a whole only when our own user is wanted and not found: a
 * name that cannot be looked up still excludes the events that carry the name.
 */
export async function findUserIds(
	api: ApiClient,
	{ names, own }: WantedUsers,
): Promise<Result<FoundUsers>> {
	const self = own ? await ownId(api) : undefined;
	if (self?.ok === false) return self;
	const lookups = await Promise.all(names.map(async (name) => await idOfName(api, name)));
	const excluded = lookups.flatMap((lookup) => (lookup.ok ? (lookup.value ?? []) : []));
	const ids = { excluded, ...(self === undefined ? {} : { own: self.value }) };
	const unknown = names.filter((_name, index) => isUnknown(lookups[index]));
	const failure = lookups.find((lookup) => !lookup.ok)?.failure;
	return success({ ids, unknown, failure });
}

async function ownId(api: ApiClient): Promise<Result<string>> {
	const user = await currentUser(api);
	if (!user.ok) return user;
	const { id } = user.value;
	return id === undefined ? failed({ kind: 'unexpected', task: 'find-token-user' }) : success(id);
}

/** `undefined` when the site knows nobody of this name. */
async function idOfName(api: ApiClient, name: string): Promise<Result<string | undefined>> {
	const task = 'look-up-users';
	const query = { exclude: 'groups,properties' };
	const found = await api.call({ method: 'GET', path: `/users/=${doubleEncode(name)}`, query });
	if (!found.ok) {
		return found.failure.status === 404 && isNotFound(found.failure)
			? success(undefined)
			: failed({ task, ...found.failure });
	}
	const { document, status } = found.value;
	const id = document?.name === 'user' ? attribute(document.root, 'id') : undefined;
	return id === undefined ? failed({ kind: 'unexpected', status, task }) : success(id);
}

function isUnknown(lookup: Result<string | undefined> | undefined): boolean {
	return lookup?.ok === true && lookup.value === undefined;
}
