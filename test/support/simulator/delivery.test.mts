import { afterEach, describe, expect, it } from 'vitest';
import { elementAt } from '../present.mts';
import { eventBytes } from '../unit/samples.mts';
import { ask, register, site } from '../unit/simulator-site.mts';
import {
	buildEvent,
	eventTypeOf,
	eventTypes,
	type Listener,
	type Settings,
	signDelivery,
	startListener,
	vendorGuess,
} from './index.mts';

const open: Listener[] = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A site with one webhook on page_create, and the endpoint it points at. */
async function connected(settings: Partial<Settings> = {}) {
	const [simulator, endpoint] = [await site(settings), await startListener()];
	open.push(endpoint);
	await register(simulator, endpoint.url, 'page_create');
	return { simulator, endpoint };
}

/** The test vectors of docs/vendor-facts.md#signature. */
it.each([
	['v1', '1769792386', 'c1e57e45a08e00b6172a69c5be68774d5eb45f112077e556e83a9a0da86e0f04'],
	['b2', '1769792386', '34e98d701bd651ce37c13284427ecde96189008cc15a11ea47badc095a46f841'],
	['b3', '1769792386', 'd7f8f2ff1bd5e4d23b0c50a406388271fc706a7657f5adfddc3f362c479cb03c'],
	['v1', '1769792386000', 'ac6754a5e02c77096a068981556840e916b513617d26d24d9aee9c33713922e4'],
])('a signature of %s at %s matches the test vector', (name, timestamp, digest) => {
	const body = eventBytes(name);
	expect(signDelivery({ secret: 'whsec_test', timestamp, body })).toBe(`sha256=${digest}`);
});

it('the published thin event is built byte for byte', () => {
	const event = buildEvent(
		{
			type: eventTypeOf('page_create'),
			subject: { page: { id: 1, path: 'A' } },
			id: '143c3406-fdfd-11f0-8674-aa9553f76750',
			at: new Date('2026-01-30T16:59:45.652Z'),
			epochAt: Date.parse('2026-01-30T16:59:45.653Z'),
			body: 'thin',
			request: { id: '143c3406-fdfd-11f0-8674-2e3f57c9d8ea', seq: 1, count: 2 },
		},
		vendorGuess,
		'https://site.example',
	);
	expect(event.body).toEqual(eventBytes('v1'));
});

it('the 27 event types follow the mapping rule', () => {
	expect(eventTypes).toHaveLength(27);
	for (const { path, header, xml } of eventTypes) {
		expect(header.toLowerCase()).toBe(path);
		expect(xml.replaceAll('.', '').replace(':', '_')).toBe(path);
	}
});

it('a delivery has the documented headers over the exact bytes of the event', async () => {
	const { simulator, endpoint } = await connected();
	const event = elementAt(simulator.site.createPage('Catégorie/日本').events, 0);
	await simulator.idle();
	const { body, headers, rawHeaders } = elementAt(endpoint.received, 0);
	expect(body.toString()).toBe(event.xml);
	expect(rawHeaders).toEqual(
		expect.arrayContaining(['Authorization', 'X-Nexus-Signature-256', 'X-Nexus-Delivery-Id']),
	);
	const timestamp = String(headers['x-nexus-timestamp']);
	expect(timestamp).toMatch(/^\d{10}$/);
	expect(headers).toMatchObject({
		authorization: 'Bearer hook',
		'x-nexus-event-type': 'Page_Create',
		'content-type': 'text/xml',
		'x-nexus-signature-256': signDelivery({ secret: 'whsec_test', timestamp, body }),
	});
});

describe('retries', () => {
	it('a 5xx is retried with the same id after growing pauses', async () => {
		const { simulator, endpoint } = await connected({ autoDisableAfter: 9 });
		endpoint.responses.push(500, 503);
		simulator.emit('page_create');
		await simulator.idle();
		const log = simulator.deliveries;
		expect(log.map(({ statusCode }) => statusCode)).toEqual([500, 503, 200]);
		expect(log.map(({ retryAttempt }) => retryAttempt)).toEqual([0, 1, 2]);
		expect(new Set(log.map(({ deliveryId }) => deliveryId)).size).toBe(1);
		const times = log.map((row) => Date.parse(row.deliveryTimestamp));
		expect(elementAt(times, 1) - elementAt(times, 0)).toBeGreaterThanOrEqual(19);
		expect(elementAt(times, 2) - elementAt(times, 1)).toBeGreaterThanOrEqual(39);
		expect(elementAt(simulator.webhooks(), 0).consecutiveFailures).toBe(0);
	});

	it.each([
		[401, 'HTTP 401, permanent'],
		[302, 'HTTP 302, redirect not followed'],
	])('a %i is a failure that is not retried', async (status, failureReason) => {
		const { simulator, endpoint } = await connected();
		endpoint.responses.push((_received, response) => {
			response.writeHead(status, { Location: '/elsewhere' }).end('no');
		});
		simulator.emit('page_create');
		await simulator.idle();
		expect(simulator.deliveries).toMatchObject([
			{ statusCode: status, failureReason, responseBody: 'no' },
		]);
		expect(elementAt(simulator.webhooks(), 0).consecutiveFailures).toBe(1);
	});

	it('what has no response within the time-out of 1 second, or no listener, is retried', async () => {
		expect(vendorGuess.deliveryTimeoutMs).toBe(1000);
		const { simulator, endpoint } = await connected({ deliveryTimeoutMs: 150, retries: 1 });
		endpoint.responses.push(
			(_received, response) => void response.writeHead(200).write('half'),
			() => void endpoint.close(),
		);
		simulator.emit('page_create');
		await simulator.idle();
		simulator.emit('page_create');
		await simulator.idle();
		const [half, closed, ...refused] = simulator.deliveries;
		expect(half).toMatchObject({ statusCode: null, retryAttempt: 0 });
		expect(half?.failureReason).toBe('timeout: no response within 150 ms');
		expect(closed).toMatchObject({ statusCode: null, retryAttempt: 1 });
		expect(refused).toMatchObject([{ retryAttempt: 0 }]);
		expect(refused[0]?.failureReason).toContain('ECONNREFUSED');
	});
});

describe('concurrency', () => {
	it('concurrent deliveries stay within the limit', async () => {
		const { simulator, endpoint } = await connected({ concurrencyPerWebhook: 2 });
		let [now, max] = [0, 0];
		for (let index = 0; index < 8; index++) {
			endpoint.responses.push((_received, response) => {
				max = Math.max(max, ++now);
				setTimeout(() => {
					now--;
					response.end();
				}, 20);
			});
		}
		simulator.site.bulkImport(8);
		await simulator.idle();
		expect(endpoint.received).toHaveLength(8);
		expect(max).toBe(2);
	});

	it('deliveries wait while paused and are sent on resume', async () => {
		const { simulator, endpoint } = await connected();
		simulator.site.bulkImport(5, { pause: true });
		expect(simulator.queue).toEqual({ paused: true, pending: 5 });
		simulator.resumeDeliveries();
		await simulator.idle();
		expect(endpoint.received).toHaveLength(5);
	});

	it('the simulator closes at once with deliveries hanging, waiting for a retry and paused', async () => {
		const { simulator, endpoint } = await connected({
			// Whatever close() waited for would last longer than the test may.
			...{ firstBackoffMs: 600_000, maxBackoffMs: 600_000, deliveryTimeoutMs: 600_000 },
		});
		endpoint.responses.push(500, () => {});
		simulator.emit('page_create');
		simulator.emit('page_create');
		await expect.poll(() => endpoint.received.length).toBe(2);
		await expect.poll(() => simulator.deliveries.length).toBe(1);
		simulator.pauseDeliveries();
		simulator.emit('page_create');
		await simulator.close();
		expect(simulator.queue.pending).toBe(0);
	});
});

it('consecutive failures disable a webhook, with a reason, until it is enabled again', async () => {
	const { simulator, endpoint } = await connected({ retries: 5, autoDisableAfter: 3 });
	endpoint.responses.push(500, 500, 500);
	simulator.emit('page_create');
	await simulator.idle();
	expect(simulator.webhooks()).toMatchObject([
		{ active: false, consecutiveFailures: 3, disabledReason: '1', dropped: 1 },
	]);
	expect(simulator.notifications).toMatchObject([{ webhookId: 1, consecutiveFailures: 3 }]);
	simulator.emit('page_create');
	await simulator.idle();
	expect(endpoint.received).toHaveLength(3);
	const body = '<webhook><active>true</active></webhook>';
	const { text } = await ask(simulator, 'PUT', '/webhooks/1', body);
	expect(text).toMatch(/<active>true<.*<consecutive-failures>0<.*disabled-reason>0</);
	simulator.emit('page_create');
	await simulator.idle();
	expect(endpoint.received).toHaveLength(4);
});
