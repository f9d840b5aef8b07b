import type { IDataObject } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { type ApiClient, readRoot } from '../../api/client';
import { accessKey } from '../../api/credential';
import { asExpertError, undefinedIfFailed } from '../../api/expert-error';
import { userOf } from '../../api/page-fields';
import { cacheReads } from '../../memory';
import { mapConcurrently } from '../map-concurrently';
import type { StepItem } from './step-item';
import type { Site } from './site';

/* Finds who caused an event if the site names users by ID only (docs/vendor-facts.md#users-in-events). */

/** `id`, `name`, `fullName` by site, token and ID: what the site reveals. */
const cached = cacheReads<IDataObject | undefined>({ ttlMs: 10 * MINUTE_MS });

/**
 * Asks the site for the name of each user whom an event names by ID only. Never throws.
 *
 * @param budgetMs budget of all calls
 */
export async function lookUpUserNames(site: Site, items: StepItem[], budgetMs: number): Promise<void> {
	const asked = items.filter(({ event }) => unnamedUser(event) !== undefined);
	const credential = asked.length === 0 ? undefined : await site.credential();
	if (credential === undefined) return;
	const api = site.connect(credential, budgetMs);
	const access = accessKey(credential);
	await mapConcurrently(asked, async (item) => {
		const id = unnamedUser(item.event)!;
		const names = cached(`${access} ${id}`, async () => await readNames(api, id));
		item.userNames = await undefinedIfFailed(names);
	});
}

/** The ID of a user without a name. */
function unnamedUser({ user }: IDataObject): string | undefined {
	const { id, name } = (user ?? {}) as IDataObject;
	return typeof id === 'string' && /^\d+$/.test(id) && name === undefined ? id : undefined;
}

async function readNames(api: ApiClient, id: string): Promise<IDataObject | undefined> {
	const query = { exclude: 'groups,properties' };
	const doing = 'look up who caused the event';
	const call = { method: 'GET', path: `/users/${id}`, query, doing } as const;
	const user = await readRoot(api, call, 'user').catch(undefinedIfRefused);
	return userOf(user);
}

function undefinedIfRefused(thrown: unknown): undefined {
	if (!asExpertError(thrown).isRefusal) throw thrown;
}
