import { afterEach, describe, expect, it } from 'vitest';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { instanceSettings } from '../support/integration/n8n.mts';
import { ago, HOUR, published } from '../support/integration/recovery.mts';
import { pretendProcessStarted } from '../support/integration/package-under-test.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';

useScenes();
afterEach(() => {
	instanceSettings.instanceType = 'main';
});

const MINUTE = 60_000;

/** Whether an event that nobody knows is marked. */
async function isMarked(scene: Scene, ageMs: number): Promise<boolean> {
	const delivery = newDelivery(scene, { at: new Date(Date.now() - ageMs) });
	expectResponse(await send(scene, delivery), 200);
	return scene.host.items.at(-1)!.redelivered === true;
}

describe('deliveries in one of several processes', () => {
	it('a process that takes all deliveries marks no event for its age', async () => {
		const scene = await openPublished();
		expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
		expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
	});

	it('a webhook process marks an event that is too old for the workers to know', async () => {
		const scene = await openPublished();
		instanceSettings.instanceType = 'webhook';
		expect(await isMarked(scene, 11 * MINUTE)).toBe(true);
		expect(await isMarked(scene, 9 * MINUTE)).toBe(false);
	});

	it('a main process marks an event that is too old for the workers to know once another process has stored deliveries beside it', async () => {
		const scene = await openPublished();
		expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
		await scene.host.idle();
		for (const writer of ['another process', 'another process, later']) {
			expect(await isMarked(scene, 0)).toBe(false);
			await scene.host.idle();
			scene.host.row.staticData = scene.host.row.staticData.replace(
				/"writer":"[^"]*"/g,
				`"writer":"${writer}"`,
			);
		}
		expect(await isMarked(scene, 11 * MINUTE)).toBe(true);
		expect(await isMarked(scene, 9 * MINUTE)).toBe(false);
	});

	it('the record that an earlier process has left makes no event look old', async () => {
		const scene = await openPublished();
		expect(await isMarked(scene, 0)).toBe(false);
		await scene.host.restart();
		for (let count = 0; count < 3; count++) {
			expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
		}
	});

	it.each([
		['follows deliveries a day behind, after an hour, in a process that watches nothing', true],
		['is left to the watch where there is one', false],
	])('how far the watch has got %s', async (_what, isOfWebhooks) => {
		const scene = await published({}, 100);
		const { host } = scene;
		if (isOfWebhooks) await host.restart();
		pretendProcessStarted(0);
		/** What is stored after the delivery of an event of this time. */
		const cursorAfter = async (at: Date) => {
			expectResponse(await send(scene, newDelivery(scene, { at })), 200);
			await host.idle();
			const { global } = JSON.parse(host.row.staticData) as {
				global: Record<string, { progress: { cursor: number } }>;
			};
			return global[`cxoneExpertWatch:${host.row.node.id}`]!.progress.cursor;
		};
		const [earlier, at] = [ago(scene, 120), ago(scene, 60)];
		const before = await cursorAfter(at);
		expect(before).toBeLessThan(at.getTime() - 90 * HOUR);
		passTime(HOUR + 1000);
		const followed = Math.floor(at.getTime() / 1000) * 1000 - 24 * HOUR;
		for (const time of [at, earlier])
			expect(await cursorAfter(time)).toBe(isOfWebhooks ? followed : before);
	});
});
