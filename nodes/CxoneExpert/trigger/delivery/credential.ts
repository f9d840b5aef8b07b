import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../transport/authentication';

/**
 * Ms for which a credential is kept in memory.
 *
 * n8n reads and decrypts it anew each time it is asked, and its default expression engine starts a
 * sandbox for that: a third of all that a delivery costs there. Deliveries that come together share
 * one reading.
 */
const KEPT_FOR = 10_000;

interface Reading {
	/** Ms of the monotonic clock: a wall clock that is set back would keep it for longer. */
	startedAt: number;
	credential: Promise<ExpertCredential>;
}

/** The last reading for each node and credential; none is older than `KEPT_FOR` when one is made. */
const readings = new Map<string, Reading>();

/** The credential as it was ten seconds ago or later. */
export async function keptCredential(context: IWebhookFunctions): Promise<ExpertCredential> {
	return await credentialSince(performance.now() - KEPT_FOR, context);
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
	const place = placeOf(context);
	const known = readings.get(place);
	if (known !== undefined && known.startedAt >= moment) return await known.credential;
	const startedAt = performance.now();
	const credential = context.getCredentials<ExpertCredential>('cxoneExpertApi');
	forgetOld(startedAt);
	readings.set(place, { startedAt, credential });
	return await credential;
}

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
function placeOf(context: IWebhookFunctions): string {
	const { id, credentials } = context.getNode();
	return JSON.stringify([context.getWorkflow().id, id, credentials?.cxoneExpertApi?.id]);
}

function forgetOld(now: number): void {
	for (const [place, { startedAt }] of readings) {
		if (startedAt < now - KEPT_FOR) readings.delete(place);
	}
}
