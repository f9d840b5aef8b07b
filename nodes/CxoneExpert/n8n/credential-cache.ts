import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import { credentialKey, inMemory, MAX_NODES, type NodeContext } from '../shared/per-node';
import { SecretReadings } from '../shared/secret-readings';

/*
 * Relies on: `getCredentials` asks n8n's database each time it is called, and caches nothing. So a
 * credential that was changed counts from the next reading on, and a reading that succeeds shows that
 * the database responds. The id of the credential that is chosen in the node is in `getNode()`.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nothing fails. Should n8n cache credentials, a change
 * counts as late as n8n notices it, and the proof that the database responds is worth nothing: 200 can
 * then be presumed while the database is down. The node cannot notice that; the contract test does.
 */

/**
 * n8n reads and decrypts a credential each time it is asked, and its default expression engine starts
 * a sandbox for that: a third of the cost of a delivery. Deliveries that come together share a reading.
 */
export const CREDENTIAL_TTL_MS = 10_000;

/** By node and credential. */
export const credentialReadings = inMemory(
	new SecretReadings<ExpertCredential>({ maxEntries: MAX_NODES, ttlMs: CREDENTIAL_TTL_MS }),
);

/** The credential as it was ten seconds ago or later. */
export async function cachedCredential(context: IWebhookFunctions): Promise<ExpertCredential> {
	return await credentialReadings.recent(credentialKey(context), readerOf(context));
}

/**
 * The credential before a wrong token is rejected: as it was at this moment or later, but read at most
 * once a second for that. Anybody can send a wrong token, as often as they like.
 *
 * @param moment ms of the monotonic clock (`performance.now()`)
 */
export async function credentialForRejection(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	return await credentialReadings.forRejection(moment, credentialKey(context), readerOf(context));
}

/**
 * The credential as it was at this moment or later.
 *
 * @param moment ms of the monotonic clock (`performance.now()`)
 */
export async function credentialSince(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	return await credentialReadings.since(moment, credentialKey(context), readerOf(context));
}

/** The workflow is published again or unpublished: what was read before counts no more. */
export function evictCredential(context: NodeContext): void {
	credentialReadings.delete(credentialKey(context));
}

function readerOf(context: IWebhookFunctions): () => Promise<ExpertCredential> {
	return async () => await context.getCredentials<ExpertCredential>('cxoneExpertApi');
}
