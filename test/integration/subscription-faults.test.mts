import { expect, it } from 'vitest';
import { register } from '../support/integration/foreign.mts';
import { openScene, useScenes } from '../support/integration/scene.mts';

useScenes();

it.each([
	['a 429', { status: 429, headers: { 'Retry-After': '0' } }],
	['a 503', { status: 503, headers: { 'Retry-After': '0' } }],
])(
	'publish succeeds in spite of %s with Retry-After at every third call',
	async (_name, effect) => {
		const scene = await openScene();
		for (let call = 1; call <= 14; call += 3) {
			scene.site.faults.add({ match: { nth: call, times: 1 }, effect });
		}
		await scene.host.production.publish();
		expect(scene.site.webhooks()).toHaveLength(1);
	},
);

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

it("one webhook exists when the third of n8n's five attempts to publish succeeds", async () => {
	const scene = await openScene();
	const { site, host } = scene;
	const match = { method: 'PUT', path: 'page_delete', times: 2 };
	site.faults.add({ match, effect: { status: 500, applyThenFail: true } });
	const outcomes: string[] = [];
	for (let attempt = 1; attempt <= 5 && !outcomes.includes('done'); attempt++) {
		const outcome = await host.production.publish().then(
			() => 'done',
			() => 'failed',
		);
		outcomes.push(outcome);
	}
	expect(outcomes).toEqual(['failed', 'failed', 'done']);
	expect(host.production.warnings).toEqual([]);
	expect(site.webhooks()).toHaveLength(1);
});
