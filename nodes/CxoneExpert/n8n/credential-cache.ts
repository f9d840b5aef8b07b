import { type IWebhookFunctions, sleep } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import { cacheInMemory, credentialKey, type NodeContext } from '../memory';

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

/** Anybody can send what is rejected, as often as they like: it causes one reading in this time. */
const REJECTION_INTERVAL_MS = 1000;

interface CredentialReading {
	/** Ms of the monotonic clock, as are all moments here. */
	startedAt: number;
	credential: Promise<ExpertCredential>;
	/** Something that was not authentic has caused it. */
	isForRejection: boolean;
}

/** By node and credential. One that failed is kept, too: whoever gets it asks for a later one. */
const credentialReadings = cacheInMemory<CredentialReading>({ ttlMs: CREDENTIAL_TTL_MS });

/** The credential as it was ten seconds ago or later. */
export async function cachedCredential(context: IWebhookFunctions): Promise<ExpertCredential> {
	return await credentialSince(performance.now() - CREDENTIAL_TTL_MS, context);
}

/** The credential as it was at this moment or later. */
export async function credentialSince(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	return await readingSince(moment, context).credential;
}

/** Before a token is rejected: at most a second older than {@link credentialSince} gives it. */
export async function credentialForRejection(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	const known = credentialReadings.get(credentialKey(context));
	const isRecent = known?.isForRejection && moment - known.startedAt < REJECTION_INTERVAL_MS;
	const reading = readingSince(isRecent ? known.startedAt : moment, context);
	reading.isForRejection = true;
	return await reading.credential;
}

/** The workflow is published again or unpublished: what was read before counts no more. */
export function evictCredential(context: NodeContext): void {
	credentialReadings.delete(credentialKey(context));
}

function readingSince(moment: number, context: IWebhookFunctions): CredentialReading {
	const key = credentialKey(context);
	const known = credentialReadings.get(key);
	if (known !== undefined && known.startedAt >= moment) return known;
	const startedAt = performance.now();
	const credential = context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const reading = { startedAt, credential, isForRejection: false };
	credentialReadings.set(key, reading);
	void deleteLater(key, reading);
	return reading;
}

/** No secret stays in memory for longer than it is used, also when nothing comes any more. */
async function deleteLater(key: string, reading: CredentialReading): Promise<void> {
	await sleep(CREDENTIAL_TTL_MS);
	if (credentialReadings.get(key) === reading) credentialReadings.delete(key);
}
