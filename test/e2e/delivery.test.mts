import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDelivery } from '../support/simulator/index.mts';
import { event, largeEvent, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { waitUntil } from '../support/wait.mts';

describe('deliveries, in a real n8n', () => {
	let scene: Scene;
	let workflow: PublishedTrigger;
	beforeAll(async () => {
		scene = await Scene.share({ requestDetails: 'user' });
		workflow = await scene.published({ events: ['page_create', 'pagetag_update'] });
	});
	afterAll(async () => await scene.close());

	/** What the executions gave out that a piece of the test has started, one list for each. */
	async function started(act: () => Promise<unknown>, expected: number) {
		const before = (await scene.client.executions(workflow.id)).length;
		await act();
		await workflow.executions(before + expected);
		await workflow.settled();
		return (await scene.items(workflow.id, before + expected)).slice(before);
	}

	it('a new page starts exactly one execution with the right item', async () => {
		const { page } = scene.site.site.createPage('Guides/Größe_&_日本', { title: 'Größe' });
		await scene.site.idle();
		expect(await workflow.executions(1)).toHaveLength(1);
		const [delivery] = scene.site.deliveries;
		expect((await scene.items(workflow.id, 1)).flat()).toEqual([
			{
				deliveryId: delivery!.deliveryId,
				eventId: delivery!.eventId,
				eventType: 'page_create',
				eventName: 'Page Created',
				changes: { added: 0, removed: 0 },
				requestId: expect.any(String),
				occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
				receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				siteId: 'site_1',
				language: 'en-US',
				page: {
					id: String(page.id),
					path: 'Guides/Größe_&_日本',
					title: 'Größe',
					url: `${scene.site.url}/Guides/Gr%C3%B6%C3%9Fe_&_%E6%97%A5%E6%9C%AC`,
					author: { id: '1', name: 'admin', fullName: 'Site Admin' },
					createdBy: { id: '1', name: 'admin' },
					parent: { id: '2', title: 'Guides', path: 'Guides' },
					tags: [],
					language: 'en-US',
					draftState: 'inactive',
					revision: 1,
				},
				user: { id: '1', name: 'admin' },
			},
		]);
	});

	it.each([
		['a wrong Authorization', { authorization: 'Bearer wrong' }, 401],
		['a body that is too large', { body: Buffer.alloc(17 * 1024 * 1024, 'a') }, 413],
	])(
		'a delivery with %s gets the status of the contract and runs nothing',
		async (_case, changes, status) => {
			const deliveryId = randomUUID();
			const runs = await started(async () => {
				// A sender that is still writing may lose the response with the connection: it tries again.
				const response = await pRetry(async () => await workflow.deliver(changes));
				expect(response.status).toBe(status);
				expect(response.headers['content-length']).toBe('0');
				expect(response.body).toBe('');
				// A check that finds ten refused ones in a row says so by a failed execution.
				expect((await workflow.deliver({ deliveryId })).status).toBe(200);
			}, 1);
			expect(runs).toEqual([[expect.objectContaining({ deliveryId })]]);
		},
	);

	it.each([
		['an event that is not subscribed', { body: event({ type: 'page:delete' }) }],
		['a gzip body', { headers: { 'Content-Encoding': 'gzip' } }],
	])('%s gets an empty 200', async (name, changes) => {
		const expected = name.includes('not subscribed') ? 0 : 1;
		const runs = await started(async () => {
			const response = await workflow.deliver(name.includes('gzip') ? gzipped() : changes);
			expect(response.status).toBe(200);
			expect(response.headers['content-length']).toBe('0');
		}, expected);
		expect(runs).toHaveLength(expected);
	});

	it('a delivery runs once when repeated, sent concurrently, or replayed under a new id', async () => {
		const body = event();
		const timestamp = seconds();
		const deliveryId = randomUUID();
		const runs = await started(async () => {
			const copies = Array.from(
				{ length: 10 },
				async () => await workflow.send({ body, deliveryId }),
			);
			const statuses = (await Promise.all(copies)).map(({ status }) => status);
			expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
			expect((await workflow.deliver({ body, deliveryId })).status).toBe(200);
			expect((await workflow.deliver({ body, deliveryId, timestamp })).status).toBe(200);
			expect((await workflow.deliver({ body, timestamp })).status).toBe(200);
		}, 1);
		expect(runs).toEqual([[expect.objectContaining({ eventType: 'page_create' })]]);
	});

	it('a genuine delivery that cannot be read becomes an item with its text', async () => {
		const body = '<event type="page:create"><page>';
		const runs = await started(async () => await workflow.deliver({ body }), 1);
		expect(runs).toEqual([
			[
				{
					deliveryId: expect.any(String),
					eventType: 'page_create',
					eventName: 'Page Created',
					receivedAt: expect.any(String),
					unreadable: expect.stringMatching(/not well-formed/),
					rawXml: body,
					// It names no time, and n8n has started within the hour.
					redelivered: true,
				},
			],
		]);
	});

	it('each of 20 deliveries of 20 kB, 5 concurrent, gets its own item, although they share executions', async () => {
		const own = await scene.published({
			events: ['page_create'],
			additionalOptions: { deliveriesPerExecution: 'severalWhenBusy', includeRawXml: true },
		});
		const bodies = Array.from({ length: 20 }, (_, number) => largeEvent(number));
		const send = bodies.map((body, number) => async () => {
			return await own.deliver({ body, deliveryId: `big-${number}` });
		});
		const responses = await new PQueue({ concurrency: 5 }).addAll(send);
		expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
		const items = () => storedRuns(scene.database, own.id).flatMap((run) => run.items);
		await waitUntil('n8n has saved all', () => items().length >= bodies.length);
		await own.settled();
		expect(items()).toHaveLength(bodies.length);
		for (const [number, body] of bodies.entries()) {
			const item = items().find(({ deliveryId }) => deliveryId === `big-${number}`);
			expect(item?.rawXml === body).toBe(true);
			expect(item?.page.id).toBe(String(number));
		}
		expect(storedRuns(scene.database, own.id).length).toBeLessThan(bodies.length);
		await scene.client.deactivate(own.id);
	});

	/** Signed as it was before it was compressed. */
	function gzipped() {
		const body = event();
		const timestamp = seconds();
		const signature = signDelivery({ secret: scene.site.signingSecret, timestamp, body });
		return {
			body: gzipSync(body),
			timestamp,
			headers: { 'Content-Encoding': 'gzip', 'X-Nexus-Signature-256': signature },
		};
	}
});

function seconds(): string {
	return String(Math.floor(Date.now() / 1000));
}
