import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SingleDelivery } from '../support/simulator/index.mts';
import { expectResponse } from '../support/integration/response.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';

useScenes();
afterEach(() => void vi.useRealTimers());

const WRONG_SECRET = { secret: 'whsec_of-somebody-else' };
const WRONG_TOKEN = { authorization: 'Bearer of-a-stranger' };

/** Sends new deliveries that are refused, one after the other. */
async function refuse(scene: Scene, count: number, changes: Partial<SingleDelivery>) {
	for (let sent = 0; sent < count; sent++) {
		expectResponse(await send(scene, newDelivery(scene), changes), 401);
	}
	await scene.host.idle();
}

/** A scene in which time can pass. */
async function publishedInOwnTime(): Promise<Scene> {
	const scene = await openPublished();
	vi.useFakeTimers({ toFake: ['Date', 'performance'] });
	return scene;
}

const minutes = (count: number) => void vi.advanceTimersByTime(count * 60_000);

describe('refusals in a row', () => {
	it('the tenth refusal in a row makes one failed execution that says what to do, the others none', async () => {
		const scene = await openPublished();
		await refuse(scene, 9, WRONG_SECRET);
		expect(scene.host.executions).toEqual([]);
		const last = newDelivery(scene);
		expectResponse(await send(scene, last, WRONG_SECRET), 401);
		await refuse(scene, 30, WRONG_SECRET);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.failures).toEqual([
			{
				message:
					'n8n has refused 10 deliveries in a row, the last one because its signature does not match the Signing Secret',
				description: expect.stringMatching(
					/^Enter the Signing Secret of your site again .* n8n responded 401 to delivery .* No genuine delivery has arrived since /,
				),
				isTest: false,
			},
		]);
		expect(scene.host.failures[0]?.description).toContain(last.deliveryId);
		expect(scene.host.highlighted).toEqual([{ deliveryId: last.deliveryId }]);
		expectNoSecretIn([scene.host.executions, scene.host.failures], scene);
	});

	it('refusals make a failed execution once the first and the last are five minutes apart, not sooner', async () => {
		const scene = await publishedInOwnTime();
		await refuse(scene, 2, WRONG_SECRET);
		minutes(4.9);
		await refuse(scene, 1, WRONG_SECRET);
		expect(scene.host.executions).toEqual([]);
		minutes(0.2);
		await refuse(scene, 1, WRONG_SECRET);
		expect(scene.host.failures).toMatchObject([
			{ message: expect.stringContaining('refused 4 deliveries in a row') },
		]);
	});

	it('a single refusal makes no execution, however long the last one is ago', async () => {
		const scene = await publishedInOwnTime();
		minutes(1000);
		await refuse(scene, 1, WRONG_TOKEN);
		expect(scene.host.executions).toEqual([]);
	});

	it.each([
		['that starts the workflow', {}, 1],
		['that no one has asked for', { type: 'page_move' }, 0],
	])('a genuine delivery %s restarts the count of refusals', async (_case, options, ran) => {
		const scene = await publishedInOwnTime();
		await refuse(scene, 9, WRONG_TOKEN);
		minutes(6);
		expectResponse(await send(scene, newDelivery(scene, options)), 200);
		await refuse(scene, 9, WRONG_TOKEN);
		expect(scene.host.executions).toHaveLength(ran);
		expect(scene.host.failures).toEqual([]);
	});

	it('refusals make another failed execution an hour later, not sooner', async () => {
		const scene = await publishedInOwnTime();
		await refuse(scene, 10, WRONG_TOKEN);
		minutes(59);
		await refuse(scene, 10, WRONG_TOKEN);
		expect(scene.host.failures).toHaveLength(1);
		minutes(2);
		await refuse(scene, 1, WRONG_TOKEN);
		expect(scene.host.failures).toHaveLength(2);
		expect(scene.host.failures[1]?.message).toContain('refused 21 deliveries in a row');
	});

	it('the hour between two failed executions for refusals counts over restarts of n8n', async () => {
		const scene = await publishedInOwnTime();
		await refuse(scene, 10, WRONG_TOKEN);
		await scene.host.restart();
		minutes(30);
		await refuse(scene, 20, WRONG_TOKEN);
		expect(scene.host.failures).toHaveLength(1);
		await scene.host.restart();
		minutes(31);
		await refuse(scene, 10, WRONG_TOKEN);
		expect(scene.host.failures).toHaveLength(2);
	});

	it('100 concurrent requests of a stranger make one failed execution', async () => {
		const scene = await openPublished();
		const all = Array.from({ length: 100 }, () => send(scene, newDelivery(scene), WRONG_TOKEN));
		for (const response of await Promise.all(all)) expectResponse(response, 401);
		await scene.host.idle();
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.failures).toHaveLength(1);
	});

	it('nothing of a request is in the execution but the shortened delivery id and the reason', async () => {
		const scene = await openPublished();
		const marked = newDelivery(scene);
		await refuse(scene, 9, WRONG_TOKEN);
		const response = await send(
			scene,
			{ ...marked, body: '<event>MARK-body</event>' },
			{
				authorization: 'Bearer MARK-token',
				deliveryId: `id\u0085${'x'.repeat(60)}MARK-id`,
				headers: { 'X-Nexus-Event-Type': 'MARK-type', 'User-Agent': 'MARK-agent' },
			},
		);
		expectResponse(response, 401);
		await scene.host.idle();
		const text = JSON.stringify([scene.host.executions, scene.host.failures]);
		expect(text).toContain('authorization wrong');
		expect(text).toContain(`id?${'x'.repeat(30)}`);
		expect(text).not.toMatch(/MARK|\u0085/);
	});

	it('an n8n that cannot save the failed execution for refusals responds 401 all the same', async () => {
		const scene = await openPublished();
		scene.host.store = () => Promise.reject(new Error('database is down'));
		await refuse(scene, 12, WRONG_TOKEN);
		scene.host.store = async () => {};
		expectResponse(await send(scene, newDelivery(scene)), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});

	it('the record of deliveries survives the failed execution and a restart', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		expectResponse(await send(scene, delivery), 200);
		await refuse(scene, 10, WRONG_TOKEN);
		await scene.host.restart();
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(2);
		expect(scene.host.failures).toHaveLength(1);
	});
});
