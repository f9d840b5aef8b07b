import type { ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { failureText } from '../../shared/failure-messages';
import type { ApiFailure } from '../../api/failure';
import type { ExpertCredential } from '../../api/credential';
import { createClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import type { Reading } from '../../shared/bounded-cache';
import { cacheInMemory, nodeKey } from '../../shared/per-node';
import { sendFromNode } from '../../api/http';
import { lookupKey, readStoredIds } from './stored-ids';
import { findUserIds, NO_IDS, type UserIds, type WantedUsers } from './user-ids';

/** The site is asked again after this, whether it responded or not. */
const USER_IDS_TTL_MS = 60_000;

interface UserIdsReading extends Reading<UserIds> {
	/** See `lookupKey` in users/stored-ids.ts. */
	lookup: string;
}

/** By node: who the users in the filters are, where publishing has not stored it. */
const readings = cacheInMemory<UserIdsReading>({ ttlMs: USER_IDS_TTL_MS });

/** Budget for asking the site. Deliveries that need the ids are told to retry meanwhile. */
const BUDGET_MS = 3_000;

/**
 * The ids that publishing has stored. Where they are lost, or belong to another lookup (the token was
 * replaced, or an older version of the node has published), the site is asked, once for all
 * deliveries that arrive meanwhile.
 *
 * When the site cannot be asked, nobody is excluded by id for a minute: no event is lost. Once ids are
 * known, no delivery waits: they count until newer ones arrive, so that a slow site does not make
 * deliveries fail again and again.
 */
export async function idsForDelivery(
	context: IWebhookFunctions | ITriggerFunctions,
	credential: ExpertCredential,
	wanted: WantedUsers,
): Promise<UserIds> {
	const key = lookupKey(wanted, credential);
	return readStoredIds(context, key) ?? (await askedIds(context, credential, wanted, key));
}

async function askedIds(
	context: IWebhookFunctions | ITriggerFunctions,
	credential: ExpertCredential,
	wanted: WantedUsers,
	lookup: string,
): Promise<UserIds> {
	const key = nodeKey(context);
	const startedAt = performance.now();
	const last = readings.get(key);
	const known = last?.lookup === lookup ? last : undefined;
	if (known !== undefined && startedAt - known.startedAt < USER_IDS_TTL_MS)
		return await known.value;
	// Never rejects: no ids when the site cannot say.
	const value = ask(context, credential, wanted, known?.value);
	readings.set(key, { lookup, startedAt, value });
	return await (known?.value ?? value);
}

/** @param before the last ids: they count on when the site cannot give all of the new ones */
async function ask(
	context: IWebhookFunctions | ITriggerFunctions,
	credential: ExpertCredential,
	wanted: WantedUsers,
	before: Promise<UserIds> | undefined,
): Promise<UserIds> {
	const send = sendFromNode(context, credential.siteUrl);
	const found = await findUserIds(createClient(send, BUDGET_MS, secretsOf(credential)), wanted);
	const failure = found.ok ? found.value.failure : found.failure;
	if (failure !== undefined) warn(context, failure);
	if (failure !== undefined && before !== undefined) return await before;
	return found.ok ? found.value.ids : NO_IDS;
}

function warn(context: IWebhookFunctions | ITriggerFunctions, failure: ApiFailure): void {
	context.logger.warn(
		`The CXone Expert site did not say who the users in the filters of "${context.getNode().name}" are. Events that name a user by ID only may be let through, and n8n asks again in a minute. ${failureText(failure)}`,
	);
}
