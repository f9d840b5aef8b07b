import type { IDataObject } from 'n8n-workflow';

import { type ApiClient, readRoot } from '../../api/client';
import { accessKey } from '../../api/credential';
import { asExpertError } from '../../api/expert-error';
import { userOf } from '../../api/page-fields';
import { cacheInMemory, type Reading } from '../../memory';
import { mapConcurrently } from '../map-concurrently';
import type { Passage } from './passage';
import type { Site } from './site';

/* Who caused an event, if the site names users by ID only (docs/vendor-facts.md#users-in-events). */

const CACHE_TTL_MS = 10 * 60_000;

/** By site, token and ID; without a value if the site does not tell us. */
const names = cacheInMemory<Reading<string | undefined>>({ ttlMs: CACHE_TTL_MS });

/**
 * Asks the site for the name of each user of whom the event has only the ID. Never throws.
 *
 * @param budgetMs for all calls
 */
export async function lookUpUserNames(
	site: Site,
	passages: Passage[],
	budgetMs: number,
): Promise<void> {
	const asked = passages.filter(({ event }) => unnamedUser(event) !== undefined);
	const credential = asked.length === 0 ? undefined : await site.credential();
	if (credential === undefined) return;
	const api = site.connect(credential, budgetMs);
	const access = accessKey(credential);
	await mapConcurrently(asked, async (passage) => {
		passage.userName = await cachedName(api, access, unnamedUser(passage.event)!);
	});
}

/** The ID of a user without a name. */
function unnamedUser({ user }: IDataObject): string | undefined {
	const { id, name } = (user ?? {}) as IDataObject;
	return typeof id === 'string' && /^\d+$/.test(id) && name === undefined ? id : undefined;
}

async function cachedName(api: ApiClient, access: string, id: string): Promise<string | undefined> {
	const key = `${access} ${id}`;
	const { startedAt = -Infinity, value } = names.get(key) ?? {};
	if (performance.now() - startedAt < CACHE_TTL_MS) return await value;
	const reading = readName(api, id).catch((thrown: unknown) => {
		// Ask again next time, unless the site has refused.
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
