import type { ICredentialDataDecryptedObject, WorkflowActivateMode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Host } from '../support/integration/host.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';
import { Watch } from '../support/integration/watch.mts';
import type { FaultEffect } from '../support/simulator/index.mts';

useScenes();

/*
 * When n8n starts, or another main process takes over, a throw would take the route away: Expert
 * would get 404 until somebody publishes again. A call would hold up the start of all workflows where
 * the site does not respond. So `checkExists` does neither, and the first check of the watch does the
 * work, which cannot fail either. A start that n8n calls an update is treated the same.
 */

/** Published by a process of n8n that has ended since. */
async function openBeforeStart(): Promise<Scene> {
	const scene = await openPublished();
	await scene.host.restart();
	return scene;
}

const withCredential = (changes: ICredentialDataDecryptedObject) => (host: Host) => {
	const credential = { ...host.credential(), ...changes };
	host.credential = () => credential;
};

describe('a start of n8n', () => {
	it.each<[start: WorkflowActivateMode, effect: FaultEffect]>([
		['init', { hang: triggerTimeout }],
		['leadershipChange', { status: 403 }],
		['update', { status: 500, echo: true }],
	])(
		'a start (%s) makes no call, and its checks repair the webhook once the site responds again',
		async (start, effect) => {
			const scene = await openBeforeStart();
			const { host, site } = scene;
			const before = site.webhooks();
			site.disableWebhook(1, '1');
			site.apiCalls.length = 0;
			site.faults.add({ effect });
			expect(await host.production.checkExists(start)).toBe(true);
			expect(site.apiCalls).toEqual([]);
			const watch = await Watch.start(host, start);
			await watch.tick();
			expectNoSecretInLog(scene);
			expect(site.webhooks()).toMatchObject([{ active: false }]);
			site.faults.clear();
			await watch.anotherTick();
			expect(site.webhooks()).toEqual(before);
		},
	);

	it.each<[problem: string, change: (host: Host) => void]>([
		['no event is chosen', (host) => void (host.row.node.parameters.events = [])],
		['there is no API token', withCredential({ longTermToken: '' })],
		['nothing listens at the site', withCredential({ siteUrl: 'http://127.0.0.1:1' })],
	])('a start makes one failed execution that says what to do when %s', async (_problem, change) => {
		const { host } = await openBeforeStart();
		change(host);
		expect(await host.production.checkExists()).toBe(true);
		const watch = await Watch.start(host, 'init');
		for (let check = 1; check <= 3; check++) await watch.anotherTick();
		expect(watch.failures).toHaveLength(1);
		expect(watch.failures[0]!.description).toMatch(/\w{4,}/);
	});

	it('a start keeps the route of a trigger with an option that cannot be evaluated any more', async () => {
		const { host } = await openBeforeStart();
		host.row.node.parameters.additionalOptions = { recoverMissedChanges: '={{ $json.gone.x }}' };
		expect(await host.production.checkExists()).toBe(true);
	});

	it('a test that ends before n8n has started the workflow does not make its start a publication', async () => {
		const { host } = await openBeforeStart();
		await host.test.publish();
		await host.test.unpublish();
		expect(await host.production.checkExists('update')).toBe(true);
	});
});

it.each<[trigger: string, open: () => Promise<Scene>]>([
	['is new in its workflow', async () => await openScene()],
	[
		'was disabled before n8n was restarted',
		async () => {
			const scene = await openPublished();
			await scene.host.production.unpublish();
			await scene.host.restart();
			return scene;
		},
	],
	[
		// n8n calls `delete` first. It has loaded an updated package, or has not started this workflow yet.
		'was changed in a process that knows nothing of it',
		async () => {
			const scene = await openBeforeStart();
			await scene.host.production.unpublish();
			return scene;
		},
	],
	['runs', async () => await openPublished()],
])('an update that is no start of n8n registers the webhook of a trigger that %s', async (_trigger, open) => {
	const { host, site } = await open();
	host.row.node.parameters.events = ['page_move'];
	await host.production.publish('update');
	expect(site.webhooks()).toMatchObject([{ active: true, events: ['Page_Move'] }]);
});
