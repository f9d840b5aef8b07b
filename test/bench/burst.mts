import { randomUUID } from 'node:crypto';
import { median } from 'simple-statistics';
import { event } from '../support/e2e/published-trigger.mts';
import { Connections, send } from '../support/http.mts';
import { deliveryHeaders, deliveryTimestamp, eventTypeOf } from '../support/simulator/index.mts';

/** Where deliveries go, and what makes them genuine. */
export interface Target {
	url: string;
	secret: string;
	authorization: string;
}

export interface Load {
	/** Deliveries under way at the same time: each response is followed by the next delivery. */
	concurrency: number;
	seconds: number;
}

export interface Burst {
	/** From the first request to the last response. */
	seconds: number;
	/** 200. */
	accepted: number;
	/** Told to retry: 503. */
	busy: number;
	/** Another response, or none. */
	failed: number;
	/** From request to response, of those that were accepted. */
	medianMs: number;
}

/** About as long as the vendor's samples: 0.6 kB. */
const INSIDE =
	'<request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request><create-reason>new-content</create-reason><diff isreparsing="false"><added>0</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff>';

/**
 * Sends genuine deliveries for so many seconds, each a new event with an id, a time and a signature of
 * its own, and waits for the responses to those that are under way then.
 */
export async function burst(target: Target, { concurrency, seconds }: Load): Promise<Burst> {
	const connections = new Connections({ keepAlive: true });
	const times: number[] = [];
	const counts = { busy: 0, failed: 0 };
	const started = performance.now();
	const lane = async () => {
		while (performance.now() - started < seconds * 1000) {
			const request = { method: 'POST', ...delivery(target), connections } as const;
			const { status, ms } = await send(target.url, request).catch(() => ({ status: 0, ms: 0 }));
			if (status === 200) times.push(ms);
			else counts[status === 503 ? 'busy' : 'failed'] += 1;
		}
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
	await connections.close();
	return {
		...counts,
		seconds: (performance.now() - started) / 1000,
		accepted: times.length,
		medianMs: times.length > 0 ? median(times) : NaN,
	};
}

function delivery({ secret, authorization }: Target) {
	const body = event({ inside: INSIDE });
	const headers = deliveryHeaders({
		authorization,
		secret,
		timestamp: deliveryTimestamp(),
		eventType: eventTypeOf('page_create').header,
		deliveryId: randomUUID(),
		contentType: 'text/xml',
		body: Buffer.from(body),
	});
	return { body, headers };
}
