import { randomUUID } from 'node:crypto';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { event } from '../../support/e2e/published-trigger.mts';
import { deliveryHeaders, deliveryTimestamp } from '../../support/simulator/index.mts';
import { eventTypeOf } from '../../support/simulator/index.mts';

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

/** What came back in one stretch of load. */
export interface Burst {
	seconds: number;
	/** 2xx. */
	accepted: number;
	/** Told to retry: 503. */
	busy: number;
	/** Any other response, or none. */
	other: number;
	/** Accepted within the second that Expert allows. */
	inTime: number;
	/** The longest series of responses that were no 2xx within the second. */
	failuresInARow: number;
	/** From request to response, of those that were accepted; microseconds. */
	times: RecordableHistogram;
}

/** Longer than anything here takes: how long the responses take is what is asked. */
const TIMEOUT_SECONDS = 60;
/** How soon the generator notices that all responses are there. */
const TICK_MS = 50;
/** What Expert waits for a response. */
const SECOND_MS = 1000;

/**
 * Sends genuine deliveries for so many seconds, each a new event with an id, a time and a signature of
 * its own, and waits for the responses to those that are under way then. Cut off, they would run or not: a
 * proxy ends what its client ends.
 */
export async function burst(target: Target, { concurrency, seconds }: Load): Promise<Burst> {
	const times = createHistogram();
	const responses = { accepted: 0, busy: 0, other: 0, inTime: 0 };
	const failures = new Series();
	const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
	const options: autocannon.Options = {
		connections: concurrency,
		duration: seconds + TIMEOUT_SECONDS,
		sampleInt: TICK_MS,
		...common(target),
	};
	const started = performance.now();
	const running = autocannon(options, (fault, result) =>
		fault ? reject(fault as Error) : resolve(result),
	);
	running.on('response', (client, status, _bytes, ms) => {
		const isAccepted = status >= 200 && status < 300;
		const isInTime = isAccepted && ms <= SECOND_MS;
		if (isAccepted) times.record(Math.max(1, Math.round(ms * 1000)));
		responses[isAccepted ? 'accepted' : status === 503 ? 'busy' : 'other'] += 1;
		if (isInTime) responses.inTime += 1;
		failures.add(!isInTime);
		if (performance.now() - started > seconds * 1000) endAfterResponse(client);
	});
	const { errors } = await promise;
	const took = (performance.now() - started) / 1000;
	const { longest: failuresInARow } = failures;
	return { ...responses, other: responses.other + errors, failuresInARow, seconds: took, times };
}

/** How autocannon itself ends a client that has sent its share of an amount. */
function endAfterResponse(client: autocannon.Client): void {
	(client as { responseMax?: number }).responseMax = 1;
}

/** The longest series of what was true. */
class Series {
	longest = 0;
	private current = 0;

	add(isTrue: boolean): void {
		this.current = isTrue ? this.current + 1 : 0;
		this.longest = Math.max(this.longest, this.current);
	}
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
		timestamp: deliveryTimestamp(),
		eventType: eventTypeOf('page_create').header,
		deliveryId: randomUUID(),
		contentType: 'text/xml',
		body: Buffer.from(body),
	});
	return { body, headers };
}
