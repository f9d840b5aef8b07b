import { cp, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { settledPublication } from '../support/n8n/client.mts';
import { type N8nInstance, startN8n } from '../support/n8n/instance.mts';
import { withoutCode, withoutEditor } from '../support/n8n/settings.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { send } from '../support/http.mts';
import type { Scene } from '../support/e2e/scene.mts';
import { WatchedScene } from '../support/e2e/watch.mts';
import { waitUntil } from '../support/wait.mts';

/** A site that gives up at once on an n8n that is away, and waits for one that is busy. */
const impatient = { autoDisableAfter: 3, retries: 0, deliveryTimeoutMs: 10_000 };

/** Calls of a repair, each of which has begun when the workflow is unpublished. */
const MOMENTS = [
	['POST', /\/webhooks$/],
	['PUT', /\/events\//],
] as const;

/** Each engine of n8n begins a watch in its own way. */
function itHealsWhatWasMissed(engine: string, get: () => WatchedScene): void {
	it(`n8n that was away for long takes deliveries at once, and is healed when the site is back (${engine})`, async () => {
		const watched = get();
		const { n8n, site, client, database } = watched.scene;
		const workflow = await watched.published();
		const { id } = await watched.whole(workflow);
		await n8n.stop();
		const missed = [1, 2, 3].map((page) => site.site.createPage(`Missed/${page}`).pageId);
		await site.idle();
		expect(workflow.webhooks()).toMatchObject([{ id, active: false }]);
		site.faults.add({ effect: { status: 503 } });
		const started = n8n.start();
		await responds(n8n, '/healthz/readiness');
		expect([200, 503]).toContain((await workflow.sendOnce()).status);
		await started;
		await workflow.routed();
		await watched.checks(1);
		// n8n publishes again at its start, and the check comes in the middle of it.
		const publication = await settledPublication(client, workflow.id);
		expect([undefined, 'published']).toContain(publication?.status);
		site.faults.clear();
		expect((await watched.whole(workflow)).id).toBe(id);
		expect((await workflow.deliver()).status).toBe(200);
		const recovered = () =>
			storedRuns(database, workflow.id)
				.flatMap(({ items }) => items)
				.flatMap(({ recovered, page }) => (recovered === true ? Number(page.id) : []));
		await waitUntil('what was missed has come', () => recovered().length >= missed.length);
		await watched.checks(2);
		expect(recovered().sort((a, b) => a - b)).toEqual(missed);
		await watched.unpublish(workflow);
	});
}

describe('the watch of the webhook, in n8n as it comes', () => {
	let watched: WatchedScene;
	let scene: Scene;
	beforeAll(async () => {
		watched = await WatchedScene.open(impatient);
		scene = watched.scene;
	});
	afterAll(async () => await scene?.close());
	afterEach(() => scene.site.faults.clear());

	itHealsWhatWasMissed('n8n as it comes', () => watched);

	it('unpublishing in the middle of a repair leaves no webhook and no watch, and says nothing', async () => {
		const from = scene.n8n.log.length;
		for (const [method, path] of MOMENTS) {
			const workflow = await watched.published();
			await scene.removeAtSite((await watched.whole(workflow)).id);
			scene.site.faults.add({ effect: { delayMs: 700 } });
			await watched.called(method, path);
			await scene.client.deactivate(workflow.id);
			scene.site.faults.clear();
			expect(await watched.failures(workflow)).toEqual([]);
		}
		expect(await watched.isQuiet()).toBe(true);
		expect(scene.site.webhooks()).toEqual([]);
		expect(watched.lines(from, /could not|cannot be watched|unhandled/i)).toEqual([]);
	});

	it('a credential with an expression is watched, too', async () => {
		const { client, secrets } = scene;
		const data = { ...secrets, siteUrl: `={{ "${secrets.siteUrl}" }}` };
		const credential = await client.createCredential('Expression', 'cxoneExpertApi', data);
		const workflow = await watched.published({ credential });
		const { id } = await watched.whole(workflow);
		await scene.removeAtSite(id);
		expect((await watched.whole(workflow)).id).not.toBe(id);
		await watched.unpublish(workflow);
	});

	it('a copy of n8n registers nothing by itself, not even when the original is gone', async () => {
		const workflow = await watched.published();
		await watched.whole(workflow);
		await scene.n8n.stop();
		const copy = await startCopy(scene.n8n.userFolder);
		await copy.waitForLog(/under the address that n8n serves now/);
		await watched.checks(2);
		expect(scene.site.webhooks()).toMatchObject([{ url: workflow.url }]);
		await scene.removeAtSite(scene.site.webhooks()[0]!.id);
		await watched.checks(2);
		expect(scene.site.webhooks()).toEqual([]);
		expect(copy.log.match(/under the address that n8n serves now/g)).toHaveLength(1);
	});
});

// The only engine of old versions of n8n, where subscription.test.mts tries the rest of its life.
describe('the watch of the webhook, in the legacy engine of n8n', () => {
	let watched: WatchedScene;
	beforeAll(async () => {
		const legacyEngine = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		watched = await WatchedScene.open(impatient, legacyEngine);
	});
	afterAll(async () => await watched?.scene.close());

	itHealsWhatWasMissed('legacy engine', () => watched);
});

/**
 * JSON with 200: while n8n migrates its database it responds to everything with 200 and a text. What
 * comes at the wrong moment of a start may never get a response.
 */
async function responds(n8n: N8nInstance, path: string): Promise<void> {
	const isUp = async () => {
		const address = n8n.baseUrl + path;
		const response = await send(address, { timeoutMs: 1000 }).catch(() => undefined);
		const type = String(response?.headers['content-type']);
		return response?.status === 200 && type.includes('json');
	};
	await waitUntil(`n8n responds at ${path}`, isUp, { intervalMs: 5 });
}

/** What a restored backup is: the same data, another port. It ends with the test. */
async function startCopy(folder: string): Promise<N8nInstance> {
	const packageTarball = inject('tarball');
	const userFolder = await mkdtemp(join(dirname(packageTarball), 'copy-'));
	onTestFinished(async () => await rm(userFolder, { recursive: true, force: true }));
	await cp(folder, userFolder, { recursive: true });
	await rm(join(userFolder, 'n8n.log'));
	const env = { ...withoutEditor, ...withoutCode };
	const copy = await startN8n({ userFolder, packageTarball, env });
	onTestFinished(async () => await copy.kill());
	return copy;
}
