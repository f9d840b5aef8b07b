import { afterEach, describe, expect, it } from 'vitest';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { instanceSettings } from '../support/integration/n8n.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';

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
});
