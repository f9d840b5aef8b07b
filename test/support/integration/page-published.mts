import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import type { Settings, SimulatedEvent } from '../simulator/index.mts';
import { expectResponse, now, send } from './delivery.mts';
import { openPublished, PATIENT, type Scene } from './scene.mts';

/* Shared by the tests of "Page Published (First Time)". */

/** Events chosen in these tests. */
export const EVENTS = ['page_published'];
/** Where the site has them. */
const REGISTERED = ['page_create', 'pagecontent_update', 'draft_publish'];

/** A published workflow. What happens at the site is delivered by the test, when it says so. */
export async function openSilent(site: Partial<Settings> = {}, parameters: IDataObject = {}): Promise<Scene> {
	const scene = await openPublished({
		parameters: { events: EVENTS, pageDetails: true, ...parameters },
		site: { ...PATIENT, ...site },
	});
	for (const { id } of scene.site.webhooks()) scene.site.disableWebhook(id);
	return scene;
}

/** In sequence, each once the previous execution has ended. */
export async function deliver(scene: Scene, ...events: SimulatedEvent[]): Promise<void> {
	for (const { body, pathType } of events) {
		if (!REGISTERED.includes(pathType)) continue;
		const delivery = { body, deliveryId: randomUUID() as string, timestamp: now() };
		expectResponse(await send(scene, delivery), 200);
		await scene.host.idle();
	}
	expect(scene.host.failures).toEqual([]);
}

/** Items passed on. */
export const passedOn = ({ host }: Scene) => host.outputs.flat();
