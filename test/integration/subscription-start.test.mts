import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../support/simulator/index.mts';
import type { Host } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';
import { Watch } from '../support/integration/watch.mts';

useScenes();

/*
 * When n8n starts, or another main process takes over, a throw would take the route away: Expert
 * would get 404 until somebody publishes again. A call would hold up the start of all workflows where
 * the site does not respond. So `checkExists` does neither, and the first check of the watch does the
 * work, which cannot fail either. A start that n8n calls an update is treated the same.
 */
const starts = ['init', 'leadershipChange', 'update'] as const;

/** Published by a process of n8n that has ended since. */
async function openBeforeStart(): Promise<Scene> {
	const scene = await openPublished();
	await scene.host.restart();
	return scene;
}

const faults: Array<[string, FaultEffect]> = [
	['responds 403', { status: 403 }],
	['responds 503', { status: 503, headers: { 'Retry-After': '0' } }],
	['does not respond', { hang: triggerTimeout }],
	['responds with a web page', { status: 200, body: 'html' }],
	['repeats the token in its response', { status: 500, echo: true }],
];

const withCredential = (changes: ICredentialDataDecryptedObject) => (host: Host) => {
	const credential = { ...host.credential(), ...changes };
	host.credential = () => credential;
};

/** What publish refuses, too. */
const unready: Record<string, (host: Host) => void> = {
	'the credential cannot be read': (host) => {
		host.credential = () => {
			throw new Error('bad decrypt of whsec_secret');
		};
	},
	'no event is chosen': (host) => void (host.row.node.parameters.events = []),
	'the signing secret ends with a line break': withCredential({ signingSecret: 'whsec_x\n' }),
	'there is no API token': withCredential({ longTermToken: '' }),
	'the Site URL is not a web address': withCredential({ siteUrl: 'help' }),
	'the delivery token has no scheme': withCredential({ deliveryToken: 'abc' }),
	'the site cannot reach this n8n': withCredential({ siteUrl: 'https://help.example.invalid' }),
	'nothing listens at the site': withCredential({ siteUrl: 'http://127.0.0.1:1' }),
};

/** Each with one of the starts, in turn. */
const byTurns = <T extends unknown[]>(rows: T[]) =>
	rows.map((row, index) => [starts[index % starts.length]!, ...row] as const);

describe('a start of n8n', () => {
	it.each(byTurns(faults))(
		'a start (%s) makes no call, and its first check heals later, when the site %s',
		async (start, _name, effect) => {
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
			expect((await send(scene, newDelivery(scene))).status).toBe(200);
		},
	);

	it.each(byTurns(Object.entries(unready)))(
		'a start (%s) makes one failed execution that says what to do when %s',
		async (start, _name, change) => {
			const scene = await openBeforeStart();
			const { host } = scene;
			change(host);
			expect(await host.production.checkExists(start)).toBe(true);
			const watch = await Watch.start(host, start);
			for (let check = 1; check <= 3; check++) await watch.anotherTick();
			expect(watch.failures).toHaveLength(1);
			expect(watch.failures[0]!.description).toMatch(/\w{4,}/);
			expect(log.lines.map(({ all }) => all).join()).not.toContain('whsec_secret');
		},
	);

	it.each(starts)(
		'a start (%s) keeps the route of a trigger with an option that cannot be evaluated any more',
		async (start) => {
			const { host } = await openBeforeStart();
			host.row.node.parameters.additionalOptions = { recoverMissedChanges: '={{ $json.gone.x }}' };
			expect(await host.production.checkExists(start)).toBe(true);
		},
	);

	it.each(starts)('a start (%s) logs nothing when the webhook is up to date', async (start) => {
		const { host } = await openBeforeStart();
		log.lines = [];
		expect(await host.production.checkExists(start)).toBe(true);
		const watch = await Watch.start(host, start);
		await watch.tick();
		expect(log.lines).toEqual([]);
		expect(watch.failures).toEqual([]);
	});
});

it('a test that ends before n8n has started the workflow does not make its start a publication', async () => {
	const { host } = await openBeforeStart();
	await host.test.publish();
	await host.test.unpublish();
	expect(await host.production.checkExists('update')).toBe(true);
});

describe('an update that is no start of n8n', () => {
	it('an update registers the webhook of a trigger that is new in its workflow', async () => {
		const { host, site } = await openScene();
		expect(await host.production.checkExists('update')).toBe(false);
		await host.production.publish('update');
		expect(site.webhooks()).toHaveLength(1);
	});

	it('an update registers the webhook of a trigger that was disabled, also after a restart of n8n', async () => {
		const { host, site } = await openPublished();
		await host.production.unpublish();
		await host.restart();
		await host.production.publish('update');
		expect(site.webhooks()).toHaveLength(1);
	});

	// n8n calls `delete` first. It has loaded an updated package, or has not started this workflow yet.
	it('an update registers the webhook of a trigger that was changed in a process that knows nothing of it', async () => {
		const { host, site } = await openBeforeStart();
		host.row.node.parameters.events = ['page_move'];
		await host.production.unpublish();
		await host.production.publish('update');
		expect(site.webhooks()).toMatchObject([{ active: true, events: ['Page_Move'] }]);
	});

	it('an update of a running workflow changes the webhook', async () => {
		const { host, site } = await openPublished({ parameters: { events: ['page_create'] } });
		host.row.node.parameters.events = ['page_move'];
		await host.production.publish('update');
		expect(site.webhooks()).toMatchObject([{ events: ['Page_Move'] }]);
	});
});
