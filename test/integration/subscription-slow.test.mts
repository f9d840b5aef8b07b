import { describe, expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { openScene, useScenes } from '../support/integration/scene.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';

useScenes();

describe('a site that does not respond', () => {
	it.each([
		['the POST and does nothing', { hang: true }],
		['the POST, although it did the work', { hang: triggerTimeout, applyThenFail: true }],
	])('publish leaves nothing behind when the site never responds to %s', async (_name, effect) => {
		const scene = await openScene();
		const { site, host } = scene;
		site.faults.add({ match: { method: 'POST' }, effect });
		const error = await failureOf(host.production.create());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/did not respond in time/);
		expect(site.webhooks()).toEqual([]);
		site.faults.clear();
		await host.production.publish();
		expect(site.webhooks()).toHaveLength(1);
	});

	it('publish pauses and retries when the site is busy without saying how long', async () => {
		const { site, host } = await openScene();
		site.faults.add({ match: { method: 'POST', times: 2 }, effect: { status: 503 } });
		await host.production.publish();
		expect(site.webhooks()).toHaveLength(1);
	});

	it('publish does not wait for an hour when the site asks for it', async () => {
		const scene = await openScene();
		const { site, host } = scene;
		site.faults.add({ effect: { status: 503, headers: { 'Retry-After': '3600' } } });
		expectAdvice(await failureOf(host.production.create()), scene);
		// Each operation has asked once: create, and n8n's delete.
		expect(site.apiCalls.map(({ method }) => method)).toEqual(['GET', 'GET']);
	});
});
