import { createHmac } from 'node:crypto';
import type {
	IDataObject,
	IHookFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { apiSecret, type ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import type { UserIds, WantedUsers } from './user-ids';

type Context = IHookFunctions | ITriggerFunctions | IWebhookFunctions;

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
export function readStoredIds(context: Context, key: string): UserIds | undefined {
	const stored = context.getWorkflowStaticData('global')[staticDataKey(context)];
	if (!isStoredIds(stored) || stored.for !== key) return undefined;
	const { excluded, own } = stored;
	return own === undefined ? { excluded } : { excluded, own };
}

/**
 * Puts the ids into static data, or takes out what is there. For `create` only: n8n saves there at
 * the end of publishing, and the whole column, so nothing is written that is there already.
 */
export function storeIds(context: IHookFunctions, key: string, ids: UserIds | undefined): void {
	const staticData = context.getWorkflowStaticData('global');
	const ownKey = staticDataKey(context);
	if (ids === undefined) {
		if (ownKey in staticData) delete staticData[ownKey];
		return;
	}
	const stored = { for: key, ...ids };
	if (JSON.stringify(staticData[ownKey]) === JSON.stringify(stored)) return;
	staticData[ownKey] = stored satisfies StoredIds as IDataObject;
}

const KEY_PREFIX = 'cxoneExpertUsers:';

/** Drops the ids of another node. If it is there after all, it asks the site again. */
export function dropIdsOf(nodeId: string, staticData: IDataObject): void {
	delete staticData[`${KEY_PREFIX}${nodeId}`];
}

/** Named by node id: n8n's own key for a node is lost when the node is renamed. */
function staticDataKey(context: Context): string {
	return `${KEY_PREFIX}${context.getNode().id}`;
}

/** The column can hold anything: people and other nodes can write to it. */
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
