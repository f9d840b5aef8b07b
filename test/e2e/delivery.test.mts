import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';

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
				...{ title: 'Größe', by: 'Site Admin' },
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
	])('a delivery with %s gets the status of the contract and runs nothing', async (_case, changes, status) => {
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
	});

	it('a delivery runs once when repeated, sent concurrently, or replayed under a new id', async () => {
		const body = event();
		const timestamp = String(Math.floor(Date.now() / 1000));
		const deliveryId = randomUUID();
		const runs = await started(async () => {
			const copies = Array.from({ length: 10 }, async () => await workflow.send({ body, deliveryId }));
			const statuses = (await Promise.all(copies)).map(({ status }) => status);
			expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
			expect((await workflow.deliver({ body, deliveryId })).status).toBe(200);
			expect((await workflow.deliver({ body, deliveryId, timestamp })).status).toBe(200);
			expect((await workflow.deliver({ body, timestamp })).status).toBe(200);
		}, 1);
		expect(runs).toEqual([[expect.objectContaining({ eventType: 'page_create' })]]);
	});
});
