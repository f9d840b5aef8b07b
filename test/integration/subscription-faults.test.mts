import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { register } from '../support/integration/foreign.mts';
import { openScene, useScenes } from '../support/integration/scene.mts';

useScenes();

it('a failed publish is cleaned up by the delete of n8n when its own delete fails', async () => {
	const { site, host } = await openScene();
	site.faults.add({ match: { method: 'PUT', times: 1 }, effect: { status: 500 } });
	site.faults.add({ match: { method: 'DELETE', times: 1 }, effect: { status: 500 } });
	await expect(host.production.publish()).rejects.toThrow(host.webhookUrl);
	expect(site.webhooks()).toEqual([]);
});

it('a failed publish deletes nothing when it has not written anything', async () => {
	const scene = await openScene();
	register(scene.site, scene.host.webhookUrl, 'Bearer of-the-same-workflow');
	scene.site.faults.add({ match: { method: 'GET' }, effect: { status: 500 } });
	await expect(scene.host.production.create()).rejects.toThrow();
	expect(scene.site.apiCalls.every(({ method }) => method !== 'DELETE')).toBe(true);
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

it('publish registers no second webhook when it cannot tell whether the first is there', async () => {
	const { site, host } = await openScene();
	const busy = { status: 503, headers: { 'Retry-After': '0' } };
	site.faults.add({ match: { method: 'POST', times: 1 }, effect: busy });
	site.faults.add({ match: { nth: 3 }, effect: { status: 500 } });
	await failureOf(host.production.create());
	expect(site.apiCalls.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

it('publish names the events that the site has not registered although it said so', async () => {
	const { site, host } = await openScene();
	const match = { method: 'PUT', path: /page_delete/ };
	site.faults.add({ match, effect: { status: 200, body: 'empty' } });
	const { message } = await failureOf(host.production.publish());
	expect(message).toContain('Not registered: page_delete.');
});
