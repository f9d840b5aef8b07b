import { createHmac } from 'node:crypto';
import type { IHookFunctions } from 'n8n-workflow';

import { apiSecret, type ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import { NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { STORED } from '../stored-parts';
import type { UserIds, WantedUsers } from './user-ids';

/** The ids in workflow static data, and the lookup that has given them. */
interface StoredIds extends UserIds {
	/** See {@link lookupKey}. */
	for: string;
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

/** The stored ids, if this lookup has given them. */
export function readStoredIds(context: StaticDataContext, key: string): UserIds | undefined {
	const stored = new NodeStaticData(context).read(STORED.userIds);
	if (!isStoredIds(stored) || stored.for !== key) return undefined;
	const { excluded, own } = stored;
	return own === undefined ? { excluded } : { excluded, own };
}

/**
 * Puts the ids into static data, or takes out what is there. For `create` only: n8n saves there at
 * the end of publishing.
 */
export function storeIds(context: IHookFunctions, key: string, ids: UserIds | undefined): void {
	const staticData = new NodeStaticData(context);
	if (ids === undefined) staticData.drop(STORED.userIds);
	else staticData.update(STORED.userIds, { for: key, ...ids } satisfies StoredIds);
}

/** The column can hold anything. */
function isStoredIds(stored: unknown): stored is StoredIds {
	if (typeof stored !== 'object' || stored === null) return false;
	const { for: key, excluded, own } = stored as Record<string, unknown>;
	return (
		typeof key === 'string' &&
		Array.isArray(excluded) &&
		excluded.every((id) => typeof id === 'string') &&
		(own === undefined || typeof own === 'string')
	);
}
