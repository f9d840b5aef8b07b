import { type IWebhookFunctions, sleep } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import { cacheInMemory, credentialKey, type NodeContext } from '../memory';

/*
 * Relies on: `getCredentials` reads n8n's database on each call and caches nothing. So a changed
 * credential takes effect at the next read, and a successful read proves that the database
 * responds. `getNode()` has the ID of the credential chosen in the node.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nothing fails. If n8n cached credentials, a change
 * would take effect only when n8n notices it, and a successful read would no longer prove that the
 * database responds: 200 could be presumed while it is down. Only the contract test can notice
 * that.
 *
 * Look first at: `credentials-helper`, `getCredentials`: does it still ask the database each time?
 */

/** Each read starts a sandbox for expressions, a third of a delivery's cost, so deliveries share reads. */
const CREDENTIAL_TTL_MS = 10_000;

/**
 * Anyone can flood us with bad requests; they trigger at most one read per second. A read that failed is repeated at
 * once: Expert disables a webhook whose genuine deliveries wait for a second.
 */
const REJECTION_INTERVAL_MS = 1000;

interface CredentialReading {
	/** Ms of the monotonic clock, like all times here. */
	startedAt: number;
	credential: Promise<ExpertCredential>;
	/** An unauthentic request has triggered the reading. */
	isForRejection: boolean;
}

/** Readings by node and credential. Failed ones are cached, too: whoever gets one asks for a newer one. */
const credentialReadings = cacheInMemory<CredentialReading>();

/** Returns a credential read within the last ten seconds. */
export async function cachedCredential(context: IWebhookFunctions): Promise<ExpertCredential> {
	return await credentialSince(performance.now() - CREDENTIAL_TTL_MS, context);
}

/** Returns a credential read at or after this moment. */
export async function credentialSince(moment: number, context: IWebhookFunctions): Promise<ExpertCredential> {
	return await readingSince(moment, context).credential;
}

/** Returns a credential to reject a token with. It may be a second older than that of {@link credentialSince}. */
export async function credentialForRejection(moment: number, context: IWebhookFunctions): Promise<ExpertCredential> {
	const known = credentialReadings.get(credentialKey(context));
	const isRecent = known?.isForRejection && moment - known.startedAt < REJECTION_INTERVAL_MS;
	const reading = readingSince(isRecent ? known.startedAt : moment, context);
	reading.isForRejection = true;
	return await reading.credential;
}

/** Call on publishing and unpublishing, so that older reads no longer count. */
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

/** Keeps secrets in memory no longer than needed, even if no further delivery arrives. */
async function deleteLater(key: string, reading: CredentialReading): Promise<void> {
	await sleep(CREDENTIAL_TTL_MS);
	if (credentialReadings.get(key) === reading) credentialReadings.delete(key);
}
