import { randomUUID } from 'node:crypto';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { event } from '../../support/e2e/published-trigger.mts';
import { deliveryHeaders, deliveryTimestamp } from '../../support/simulator/delivery-headers.mts';
import { eventTypeOf } from '../../support/simulator/index.mts';

/** Where deliveries go, and what makes them genuine. */
export interface Target {
	url: string;
	secret: string;
	authorization: string;
}

export interface Load {
	/** Deliveries under way at the same time: each answer is followed by the next delivery. */
	concurrency: number;
	seconds: number;
}

/** What came back in one stretch of load. */
export interface Burst {
	seconds: number;
	/** Answered 2xx. */
	accepted: number;
	/** Asked to come again: 503. */
	busy: number;
	/** Any other answer, or none. */
	other: number;
	/** From request to answer, of those that were accepted; microseconds. */
	times: RecordableHistogram;
}

/** Longer than anything here takes: how long the answers are is what is asked. */
const TIMEOUT_SECONDS = 60;
/** How exactly the generator keeps to `seconds`. */
const TICK_MS = 50;

/**
 * Sends genuine deliveries, each a new event with an id, a time and a signature of its own. What is
 * still under way at the end is cut off; n8n runs it all the same.
 */
export async function burst(target: Target, { concurrency, seconds }: Load): Promise<Burst> {
	const times = createHistogram();
	const answers = { accepted: 0, busy: 0, other: 0 };
	const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
	const options: autocannon.Options = {
		connections: concurrency,
		duration: seconds,
		sampleInt: TICK_MS,
		...common(target),
	};
	const started = performance.now();
	const running = autocannon(options, (fault, result) =>
		fault ? reject(fault as Error) : resolve(result),
	);
	running.on('response', (_client, status, _bytes, ms) => {
		const isAccepted = status >= 200 && status < 300;
		if (isAccepted) times.record(Math.max(1, Math.round(ms * 1000)));
		answers[isAccepted ? 'accepted' : status === 503 ? 'busy' : 'other'] += 1;
	});
	const { errors } = await promise;
	const took = (performance.now() - started) / 1000;
	return { ...answers, other: answers.other + errors, seconds: took, times };
}

/** A new delivery for each request. */
function common(target: Target): Pick<autocannon.Options, 'url' | 'timeout' | 'requests'> {
	return {
		url: target.url,
		timeout: TIMEOUT_SECONDS,
		requests: [
			{ method: 'POST', setupRequest: (request) => ({ ...request, ...delivery(target) }) },
		],
	};
}

/** About as long as the vendor's samples: 0.6 kB. */
const inside =
	'<request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request><create-reason>new-content</create-reason><diff isreparsing="false"><added>0</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff>';

function delivery({ secret, authorization }: Target) {
	const body = event({ inside });
	const headers = deliveryHeaders({
		authorization,
		secret,
		timestamp: deliveryTimestamp('seconds'),
		eventType: eventTypeOf('page_create').header,
		deliveryId: randomUUID(),
		contentType: 'text/xml',
		body: Buffer.from(body),
	});
	return { body, headers };
}
