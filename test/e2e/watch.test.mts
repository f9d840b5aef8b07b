import { cp, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
	afterAll,
	afterEach,
	beforeAll,
	describe,
	expect,
	inject,
	it,
	onTestFinished,
} from 'vitest';
import { N8nClient, settledPublication } from '../support/n8n/client.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { type N8nInstance, startN8n } from '../support/n8n/instance.mts';
import { n8nVersion, node20N8n } from '../support/n8n/runtime.mts';
import { withEditor } from '../support/n8n/settings.mts';
import { send } from '../support/http.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import { type Scene, TRIGGER } from '../support/e2e/scene.mts';
import { OFTEN, WatchedScene } from '../support/e2e/watch.mts';
import { waitUntil } from '../support/wait.mts';

const isOld = n8nVersion === node20N8n;
const impatient = { autoDisableAfter: 3, retries: 0 };

/** Calls of a repair, each of which has begun when the workflow is unpublished. */
const MOMENTS = [
	['POST', /\/webhooks$/],
	['PUT', /\/events\//],
] as const;

/** How n8n begins and ends a watch, each of its engines in its own way. */
function describeEngine(engine: string, get: () => WatchedScene): void {
	describe(`the life of a watch, in ${engine}`, () => {
		let watched: WatchedScene;
		let workflow: PublishedTrigger;
		beforeAll(() => void (watched = get()));
		afterEach(async () => {
			watched.scene.site.faults.clear();
			await watched.unpublish(workflow);
		});

		it(`a webhook that was deleted is registered again, and its events run (${engine})`, async () => {
			workflow = await watched.published();
			const { id } = await watched.whole(workflow);
			await watched.scene.removeAtSite(id);
			expect((await watched.whole(workflow)).id).not.toBe(id);
			expect((await workflow.deliver()).status).toBe(200);
			expect(await workflow.executions(1)).toHaveLength(1);
		});

		it(`what Expert has disabled while n8n was away is enabled when n8n is back (${engine})`, async () => {
			workflow = await watched.published();
			const { id } = await watched.whole(workflow);
			await watched.scene.n8n.stop();
			for (let page = 1; page <= 3; page++) watched.scene.site.emit('page_create');
			await watched.scene.site.idle();
			expect(workflow.webhooks()).toMatchObject([{ id, active: false }]);
			await watched.scene.n8n.start();
			expect((await watched.whole(workflow)).id).toBe(id);
		});

		it(`unpublishing in the middle of a repair leaves no webhook and no watch, and says nothing (${engine})`, async () => {
			const { scene } = watched;
			const from = scene.n8n.log.length;
			for (const [method, path] of MOMENTS) {
				workflow = await watched.published();
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

		it(`a test of a published workflow does not end its watch (${engine})`, async () => {
			const { scene } = watched;
			workflow = await watched.published();
			await scene.client.listenForTest(workflow.id, TRIGGER);
			await scene.client.stopListening(workflow.id);
			const testUrl = scene.client.testUrl(workflow.webhookId);
			const isGone = () => workflow.webhooks(testUrl).length === 0;
			await waitUntil('n8n removes the test webhook', isGone);
			const { id } = await watched.whole(workflow);
			await scene.removeAtSite(id);
			expect((await watched.whole(workflow)).id).not.toBe(id);
		});
	});
}

describe('the watch of the webhook, in n8n as it comes', () => {
	let watched: WatchedScene;
	let scene: Scene;
	beforeAll(async () => {
		// An old n8n without its editor has no /rest/settings.
		watched = await WatchedScene.open(impatient, isOld ? withEditor : {});
		scene = watched.scene;
	});
	afterAll(async () => await scene.close());

	describeEngine('n8n as it comes', () => watched);

	// An old n8n says that it is ready when its database is, seconds before it takes deliveries.
	it('a delivery that comes as soon as a starting n8n says that it is ready gets 200 or 503', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		await scene.n8n.stop();
		const started = scene.n8n.start();
		await responds(isOld ? '/rest/settings' : '/healthz/readiness');
		expect([200, 503]).toContain((await workflow.send()).status);
		await started;
		await scene.client.deactivate(workflow.id);
	});

	it('a site that is down while n8n starts costs no delivery, and is healed later', async () => {
		const workflow = await watched.published();
		await scene.removeAtSite((await watched.whole(workflow)).id);
		scene.site.faults.add({ effect: { status: 503 } });
		await scene.n8n.restart();
		await workflow.routed();
		await watched.checks(1);
		// n8n publishes again at its start, and the check comes in the middle of it.
		const publication = await settledPublication(scene.client, workflow.id);
		expect([undefined, 'published']).toContain(publication?.status);
		scene.site.faults.clear();
		await watched.whole(workflow);
		expect((await workflow.deliver()).status).toBe(200);
		await watched.unpublish(workflow);
	});

	it('what Expert keeps disabling is left for a while, with one failed execution', async () => {
		const alarm = await scene.errorWorkflow();
		const workflow = await watched.published({ errorWorkflow: alarm });
		const { id } = await watched.whole(workflow);
		const from = scene.n8n.log.length;
		scene.site.disableWebhook(id, '1');
		await scene.n8n.waitForLog(/is enabled again/, from);
		scene.site.disableWebhook(id, '1');
		await watched.checks(2);
		expect(workflow.webhooks()).toMatchObject([{ id, active: false }]);
		const [told, ...others] = await scene.client.waitForExecutions(alarm, 1);
		expect(others).toEqual([]);
		const failures = await watched.failures(workflow);
		expect(failures).toEqual([expect.stringMatching(/keeps disabling the webhook/)]);
		expect(executionItems(told!, 'On error')).toMatchObject([
			{ trigger: { error: { message: failures[0], description: expect.any(String) } } },
		]);
		await watched.unpublish(workflow);
	});

	it('a credential with an expression is watched, too', async () => {
		const { client, secrets } = scene;
		const data = { ...secrets, siteUrl: `={{ "${secrets.siteUrl}" }}` };
		const credential = await client.createCredential('Expression', 'cxoneExpertApi', data);
		const parameters = { events: ['page_create', 'page_move'], ...OFTEN };
		const workflow = await scene.published(parameters, { credential });
		const { id } = await watched.whole(workflow);
		await scene.removeAtSite(id);
		expect((await watched.whole(workflow)).id).not.toBe(id);
		await watched.unpublish(workflow);
	});

	it("nobody asks the site after a test event, nor with 'Watch: Repair Webhook' and 'Watch: Recover Missed Changes' off", async () => {
		const off = { ...OFTEN.additionalOptions, repairWebhook: false, recoverMissedChanges: false };
		const unwatched = await scene.published({ events: ['page_create'], additionalOptions: off });
		const from = scene.n8n.log.length;
		const tested = await scene.workflow({ events: ['page_create'], ...OFTEN });
		await scene.client.listenForTest(tested.id, TRIGGER);
		const testUrl = scene.client.testUrl(tested.webhookId);
		expect([200, 503]).toContain((await tested.send({}, testUrl)).status);
		const [test] = await scene.client.waitForExecutions(tested.id, 1);
		expect(test).toMatchObject({ mode: 'manual', status: 'success' });
		// After its last call.
		await scene.n8n.waitForLog(/webhook \d+ removed/, from);
		expect(tested.webhooks(testUrl)).toEqual([]);
		expect(await watched.isQuiet()).toBe(true);
		await watched.unpublish(unwatched);
	});

	// A token that has expired stays so: from here on the site knows another credential.
	it('an expired token makes one line and one failed execution, a new one is enough', async () => {
		const workflow = await watched.published();
		const { authorizationHeader, id } = await watched.whole(workflow);
		const from = scene.n8n.log.length;
		scene.site.expireTokens();
		await watched.checks(2);
		expect(await watched.failures(workflow)).toHaveLength(1);
		expect(watched.lines(from, /CXone Expert webhook of/)).toHaveLength(1);
		expect(scene.n8n.log.slice(from)).not.toContain(scene.site.longTermToken);
		await scene.client.updateCredential(scene.credential, withServerToken(scene));
		// What Expert sends with each delivery is derived from the token.
		const isRenewed = () => workflow.webhooks()[0]?.authorizationHeader !== authorizationHeader;
		await waitUntil('the webhook has a new authorization', isRenewed);
		expect((await watched.whole(workflow)).id).toBe(id);
		expect((await workflow.deliver()).status).toBe(200);
		await watched.unpublish(workflow);
	});

	/**
	 * JSON with 200: while n8n migrates its database it responds to everything with 200 and a text. What
	 * comes at the wrong moment of a start may never get a response.
	 */
	async function responds(path: string): Promise<void> {
		const isUp = async () => {
			const address = scene.n8n.baseUrl + path;
			const response = await send(address, { timeoutMs: 1000 }).catch(() => undefined);
			const type = String(response?.headers['content-type']);
			return response?.status === 200 && type.includes('json');
		};
		await waitUntil(`n8n responds at ${path}`, isUp, { intervalMs: 5 });
	}
});

describe('a copy of n8n at another address', () => {
	let original: WatchedScene;
	beforeAll(async () => (original = await WatchedScene.open()));
	afterAll(async () => await original.scene.close());

	it('a copy of n8n registers nothing by itself, not even when the original is gone', async () => {
		const { scene } = original;
		const workflow = await original.published();
		await original.whole(workflow);
		await scene.n8n.stop();
		const copy = await startCopy(scene.n8n.userFolder);
		await copy.waitForLog(/under the address that n8n serves now/);
		await original.checks(2);
		expect(scene.site.webhooks()).toMatchObject([{ url: workflow.url }]);
		await scene.removeAtSite(scene.site.webhooks()[0]!.id);
		await original.checks(2);
		expect(scene.site.webhooks()).toEqual([]);
		expect(copy.log.match(/under the address that n8n serves now/g)).toHaveLength(1);

		// Whoever publishes there wants it.
		const client = new N8nClient(copy.baseUrl);
		await client.login();
		await client.deactivate(workflow.id);
		await client.activate(workflow.id);
		const url = client.productionUrl(workflow.webhookId);
		expect(scene.site.webhooks()).toMatchObject([{ url, active: true }]);
		await scene.removeAtSite(scene.site.webhooks()[0]!.id);
		const isBack = () => scene.site.webhooks()[0]?.events.length === 2;
		await waitUntil('the copy repairs what was published there', isBack);
	});
});

// The only engine of old versions of n8n; newer ones have it for those who ask for it.
describe.skipIf(isOld)('the legacy engine, in a real n8n', () => {
	let recovery: RecoveryScene;
	let scene: Scene;
	beforeAll(async () => {
		const legacyEngine = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		recovery = await RecoveryScene.open(impatient, legacyEngine);
		scene = recovery.scene;
	});
	afterAll(async () => await recovery?.close());
	afterEach(() => scene.site.faults.clear());

	describeEngine('the legacy engine', () => new WatchedScene(scene));

	it('a refused publish fails at the first try with the reason, and leaves no webhook', async () => {
		const workflow = await scene.workflow({
			events: ['page_create', 'other'],
			additionalEvents: 'no_such_event',
		});
		const calls = scene.site.apiCalls.length;
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/no_such_event/);
		const isRegistration = ({ method, path }: { method: string; path: string }) =>
			method === 'POST' && path.endsWith('/webhooks');
		expect(scene.site.apiCalls.slice(calls).filter(isRegistration)).toHaveLength(1);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('unpublishing succeeds when the site refuses, logs what is left, and publishing finds it', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const { id } = workflow.webhooks()[0]!;
		scene.site.faults.add({ match: { method: 'DELETE' }, effect: { status: 500 } });
		const from = scene.n8n.log.length;
		await scene.client.deactivate(workflow.id);
		await scene.n8n.waitForLog(new RegExp(`A webhook may be left .*${workflow.url}`), from);
		expect((await workflow.send()).status).toBe(404);
		scene.site.faults.clear();
		await scene.client.activate(workflow.id);
		expect(workflow.webhooks()).toMatchObject([{ id, active: true }]);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('changes made while n8n was away and the webhook disabled come once each', async () => {
		const workflow = await recovery.published();
		const { during, gone } = await recovery.whileAway(() => {
			const during = scene.site.site.createPage('During').pageId;
			scene.site.site.editPage(during);
			const gone = scene.site.site.createPage('Gone').pageId;
			scene.site.site.deletePage(gone);
			return { during, gone };
		});
		const names = [
			`+page_create ${during}`,
			...[`+pagecontent_update ${during} 2`, `+page_delete ${gone}`],
		];
		expect((await recovery.until(workflow, names)).sort()).toEqual(names.sort());
		expect(workflow.webhooks()).toMatchObject([{ active: true }]);
		await scene.client.deactivate(workflow.id);
	});
});

/** What a restored backup is: the same data, another port. It ends with the test. */
async function startCopy(folder: string): Promise<N8nInstance> {
	const packageTarball = inject('tarball');
	const userFolder = await mkdtemp(join(dirname(packageTarball), 'copy-'));
	onTestFinished(async () => await rm(userFolder, { recursive: true, force: true }));
	await cp(folder, userFolder, { recursive: true });
	await rm(join(userFolder, 'n8n.log'));
	const copy = await startN8n({ userFolder, packageTarball });
	onTestFinished(async () => await copy.kill());
	return copy;
}

function withServerToken({ site, secrets }: Scene) {
	const { key: tokenKey, secret: tokenSecret, user: runAsUser } = site.serverToken;
	return {
		...secrets,
		authentication: 'serverToken',
		longTermToken: '',
		tokenKey,
		tokenSecret,
		runAsUser,
	};
}
