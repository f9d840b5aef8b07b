import type { IWebhookFunctions } from 'n8n-workflow';

import { failureText } from '../../shared/failure-messages';
import type { ApiFailure } from '../../api/failure';
import type { ExpertCredential } from '../../api/credential';
import { createClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { sendFromNode } from '../../api/http';
import { questionKey, readStoredIds } from './stored-ids';
import { findUserIds, NO_IDS, type UserIds, type WantedUsers } from './user-ids';

/** Budget for asking the site. Deliveries that need the answer are told to retry meanwhile. */
const BUDGET_MS = 3_000;
/** Time after which the site is asked again, whether it answered or not. */
const CACHE_TTL_MS = 60_000;

interface Reading {
	/** Which question it answers. */
	key: string;
	/** Ms of the monotonic clock. */
	askedAt: number;
	/** Never rejects: no ids when the site cannot say. */
	ids: Promise<UserIds>;
}

/** The last reading for each node that needed one; what is old goes when one is added. */
const readings = new Map<string, Reading>();

/**
 * The ids that publishing has stored. Where they are lost, or answer another question (the token was
 * replaced, or an older version of the node has published), the site is asked, once for all
 * deliveries that come meanwhile.
 *
 * When the site cannot be asked nobody is excluded by id for a minute: no event is lost. Once there
 * was an answer nobody waits any more: it counts until a newer one is in, so that a slow site does
 * not make deliveries fail again and again.
 */
export async function idsForDelivery(
	context: IWebhookFunctions,
	credential: ExpertCredential,
	wanted: WantedUsers,
): Promise<UserIds> {
	const key = questionKey(wanted, credential);
	return readStoredIds(context, key) ?? (await askedIds(context, credential, wanted, key));
}

async function askedIds(
	context: IWebhookFunctions,
	credential: ExpertCredential,
	wanted: WantedUsers,
	key: string,
): Promise<UserIds> {
	const place = `${context.getWorkflow().id}:${context.getNode().id}`;
	const now = performance.now();
	const last = readings.get(place);
	const known = last?.key === key ? last : undefined;
	if (known !== undefined && now - known.askedAt < CACHE_TTL_MS) return await known.ids;
	const ids = ask(context, credential, wanted, known?.ids);
	evict(now);
	readings.set(place, { key, askedAt: now, ids });
	return await (known?.ids ?? ids);
}

/** @param before the last answer: it counts on when the site cannot give all of a new one */
async function ask(
	context: IWebhookFunctions,
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

function warn(context: IWebhookFunctions, failure: ApiFailure): void {
	context.logger.warn(
		`The CXone Expert site did not say who the users in the filters of "${context.getNode().name}" are. Events that name a user by ID only may be let through, and n8n asks again in a minute. ${failureText(failure)}`,
	);
}

function evict(now: number): void {
	for (const [place, { askedAt }] of readings) {
		if (now - askedAt >= CACHE_TTL_MS) readings.delete(place);
	}
}
