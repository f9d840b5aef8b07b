import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type ApiClient, readRoot } from '../../api/client';
import { accessKey } from '../../api/credential';
import { asExpertError } from '../../api/expert-error';
import { connect } from '../../api/http';
import { userOf } from '../../api/page-fields';
import { cacheInMemory, type Reading } from '../../memory';
import { mapConcurrently } from '../map-concurrently';
import { readCredential } from '../read-credential';

/* Who did it, where the site names users by ID only (docs/vendor-facts.md#users-in-events). */

/** Ms for which a name counts. */
const CACHE_TTL_MS = 10 * 60_000;

/** By site, token and ID; without a value where the site keeps it from us. */
const names = cacheInMemory<Reading<string | undefined>>({ ttlMs: CACHE_TTL_MS });

/**
 * The name of the user of each item that has an ID only, as far as the site tells. Never throws.
 *
 * @param budgetMs for all calls
 */
export async function lookUpUserNames(
	context: IExecuteFunctions,
	items: IDataObject[],
	budgetMs: number,
): Promise<Array<string | undefined>> {
	const ids = items.map(unnamedUser);
	if (ids.every((id) => id === undefined)) return ids;
	const credential = await readCredential(context);
	if (credential === undefined) return ids.map(() => undefined);
	const api = connect(context, credential, { budgetMs });
	const access = accessKey(credential);
	const nameOf = async (id?: string) => (id === undefined ? id : await cachedName(api, access, id));
	return await mapConcurrently(ids, nameOf);
}

function unnamedUser({ user }: IDataObject): string | undefined {
	const { id, name } = (user ?? {}) as IDataObject;
	return typeof id === 'string' && /^\d+$/.test(id) && name === undefined ? id : undefined;
}

async function cachedName(api: ApiClient, access: string, id: string): Promise<string | undefined> {
	const key = `${access} ${id}`;
	const { startedAt = -Infinity, value } = names.get(key) ?? {};
	if (performance.now() - startedAt < CACHE_TTL_MS) return await value;
	const reading = readName(api, id).catch((thrown: unknown) => {
		// What was not said now can be said soon.
		if (!asExpertError(thrown).isRefusal) names.delete(key);
		return undefined;
	});
	names.set(key, { startedAt: performance.now(), value: reading });
	return await reading;
}

/** GET /users/{id}. */
async function readName(api: ApiClient, id: string): Promise<string | undefined> {
	const query = { exclude: 'groups,properties' };
	const doing = 'look up who caused the event';
	const user = await readRoot(api, { method: 'GET', path: `/users/${id}`, query, doing }, 'user');
	return userOf(user)?.name as string | undefined;
}
