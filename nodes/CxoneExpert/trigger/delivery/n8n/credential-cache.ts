import { type IExecuteFunctions, type IWebhookFunctions, sleep } from 'n8n-workflow';

import type { ExpertCredential } from '../../../api/credential';

/**
 * Ms for which a credential is kept in memory.
 *
 * n8n reads and decrypts it anew each time it is asked, and its default expression engine starts a
 * sandbox for that: a third of all that a delivery costs there. Deliveries that come together share
 * one reading.
 */
const CACHE_TTL_MS = 10_000;
/** Ms between two readings that wrong tokens cause. */
const REFUSAL_INTERVAL_MS = 1000;

interface Reading {
	/** Ms of the monotonic clock: a wall clock that is set back would keep it for longer. */
	startedAt: number;
	credential: Promise<ExpertCredential>;
	/** A wrong token has asked for it. */
	isForRefusal: boolean;
}

/** The last reading for each node and credential, for as long as it may be used. */
const readings = new Map<string, Reading>();

/** The credential as it was ten seconds ago or later. */
export async function cachedCredential(context: IWebhookFunctions): Promise<ExpertCredential> {
	return await credentialSince(performance.now() - CACHE_TTL_MS, context);
}

/**
 * The credential before a wrong token is refused: as it was at this moment or later, but read at most
 * once a second for that. Anybody can send a wrong token, as often as they like.
 *
 * @param moment ms of the monotonic clock (`performance.now()`)
 */
export async function credentialForRefusal(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	const known = readings.get(keyOf(context));
	const isRecent = known?.isForRefusal && moment - known.startedAt < REFUSAL_INTERVAL_MS;
	const reading = readSince(isRecent ? known.startedAt : moment, context);
	reading.isForRefusal = true;
	return await reading.credential;
}

/**
 * The credential as it was at this moment or later. A reading that failed is kept, too: who gets it
 * asks for a later one.
 *
 * @param moment ms of the monotonic clock (`performance.now()`)
 */
export async function credentialSince(
	moment: number,
	context: IWebhookFunctions,
): Promise<ExpertCredential> {
	return await readSince(moment, context).credential;
}

/** The workflow is published anew or unpublished: what was read before counts no more. */
export function dropCachedCredential(context: NodeContext): void {
	readings.delete(keyOf(context));
}

function readSince(moment: number, context: IWebhookFunctions): Reading {
	const key = keyOf(context);
	const known = readings.get(key);
	if (known !== undefined && known.startedAt >= moment) return known;
	const credential = context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const reading = { startedAt: performance.now(), credential, isForRefusal: false };
	readings.set(key, reading);
	void dropLater(key, reading);
	return reading;
}

/** No secret stays in memory for longer than it is used. */
async function dropLater(key: string, reading: Reading): Promise<void> {
	await sleep(CACHE_TTL_MS);
	if (readings.get(key) === reading) readings.delete(key);
}

type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
function keyOf(context: NodeContext): string {
	const { id, credentials } = context.getNode();
	return JSON.stringify([context.getWorkflow().id, id, credentials?.cxoneExpertApi?.id]);
}
