import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { executionItems } from '../support/n8n/executions.mts';
import { settledPublication } from '../support/n8n/publication.mts';
import { n8nVersion, node20N8n } from '../support/n8n/runtime.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { type Scene, TRIGGER } from '../support/e2e/scene.mts';
import { OFTEN, WatchedScene } from '../support/e2e/watch.mts';
import { waitUntil } from '../support/wait.mts';

/** The old version has one engine only, and does not know the setting. */
const engines: Array<[name: string, env: Record<string, string>]> = [
	['n8n as it comes', {}],
	['n8n with the legacy engine', { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' }],
];

describe.each(engines.slice(0, n8nVersion === node20N8n ? 1 : 2))(
	'the watch of the webhook, in %s',
	(engine, env) => {
		let watched: WatchedScene;
		let workflow: PublishedTrigger;
		beforeAll(async () => {
			watched = await WatchedScene.open({ autoDisableAfter: 3, retries: 0 }, env);
		});
		afterAll(async () => await watched.scene.close());
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

		it(`an event that was removed is added again (${engine})`, async () => {
			workflow = await watched.published();
			const { id } = await watched.whole(workflow);
			await watched.atSite('DELETE', `${id}/events/page_move`);
			expect(workflow.webhooks()[0]!.events).toEqual(['Page_Create']);
			expect((await watched.whole(workflow)).id).toBe(id);
		});

		it(`a webhook that a person has disabled stays disabled, and one line says so (${engine})`, async () => {
			workflow = await watched.published();
			const from = watched.scene.n8n.log.length;
			watched.scene.site.disableWebhook((await watched.whole(workflow)).id);
			await watched.checks(3);
			expect(workflow.webhooks()).toMatchObject([{ active: false }]);
			expect(watched.lines(from, /stays disabled/)).toHaveLength(1);
			expect(await watched.failures(workflow)).toEqual([]);
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

		it(`what Expert keeps disabling is left for a while, with one failed execution (${engine})`, async () => {
			const alarm = await watched.errorWorkflow();
			workflow = await watched.published({ errorWorkflow: alarm });
			const { id } = await watched.whole(workflow);
			const from = watched.scene.n8n.log.length;
			watched.scene.site.disableWebhook(id, '1');
			await watched.scene.n8n.waitForLog(/is enabled again/, from);
			watched.scene.site.disableWebhook(id, '1');
			await watched.checks(3);
			expect(workflow.webhooks()).toMatchObject([{ id, active: false }]);
			const [told, ...others] = await watched.scene.client.waitForExecutions(alarm, 1);
			expect(others).toEqual([]);
			const failures = await watched.failures(workflow);
			expect(failures).toEqual([expect.stringMatching(/keeps disabling the webhook/)]);
			expect(executionItems(told!, 'On error')).toMatchObject([
				{ trigger: { error: { message: failures[0], description: expect.any(String) } } },
			]);
		});

		it(`a site that is down while n8n starts costs no delivery, and is healed later (${engine})`, async () => {
			workflow = await watched.published();
			await watched.scene.removeAtSite((await watched.whole(workflow)).id);
			watched.scene.site.faults.add({ effect: { status: 503 } });
			await watched.scene.n8n.restart();
			await workflow.routed();
			await watched.checks(1);
			const { client } = watched.scene;
			// n8n publishes again at its start, and the check comes in the middle of it.
			const publication = await settledPublication(client, workflow.id);
			expect([undefined, 'published']).toContain(publication?.status);
			watched.scene.site.faults.clear();
			await watched.whole(workflow);
			expect((await workflow.deliver()).status).toBe(200);
		});

		it(`unpublishing in the middle of a repair leaves no webhook, and says nothing (${engine})`, async () => {
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

		it(`an unpublished workflow is watched no more (${engine})`, async () => {
			workflow = await watched.published();
			await watched.checks(1);
			await watched.scene.client.deactivate(workflow.id);
			expect(workflow.webhooks()).toEqual([]);
			expect(await watched.isQuiet()).toBe(true);
		});

		it(`with "Repair Webhook" and "Recover Missed Changes" off the site is not asked (${engine})`, async () => {
			const off = { repairWebhook: false, recoverMissedChanges: false };
			const additionalOptions = { ...OFTEN.additionalOptions, ...off };
			workflow = await watched.scene.published({ events: ['page_create'], additionalOptions });
			expect(await watched.isQuiet()).toBe(true);
		});

		it(`a credential with an expression is watched, too (${engine})`, async () => {
			const { client, secrets } = watched.scene;
			const siteUrl = `={{ "${secrets.siteUrl}" }}`;
			const data = { ...secrets, siteUrl };
			const credential = await client.createCredential('Expression', 'cxoneExpertApi', data);
			const parameters = { events: ['page_create', 'page_move'], ...OFTEN };
			workflow = await watched.scene.published(parameters, { credential });
			const { id } = await watched.whole(workflow);
			await watched.scene.removeAtSite(id);
			expect((await watched.whole(workflow)).id).not.toBe(id);
		});

		it(`a test event starts no watch, and its execution ends (${engine})`, async () => {
			const { scene } = watched;
			const from = scene.n8n.log.length;
			workflow = await scene.workflow({ events: ['page_create'], ...OFTEN });
			await scene.client.listenForTest(workflow.id, TRIGGER);
			const testUrl = scene.client.testUrl(workflow.webhookId);
			expect([200, 503]).toContain((await workflow.send({}, testUrl)).status);
			const [test] = await scene.client.waitForExecutions(workflow.id, 1);
			expect(test).toMatchObject({ mode: 'manual', status: 'success' });
			// After its last call.
			await scene.n8n.waitForLog(/webhook \d+ removed/, from);
			expect(workflow.webhooks(testUrl)).toEqual([]);
			expect(await watched.isQuiet()).toBe(true);
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

		// The last one: a token that has expired stays so.
		it(`an expired token makes one line and one failed execution, a new one is enough (${engine})`, async () => {
			const { scene } = watched;
			workflow = await watched.published();
			const { authorizationHeader, id } = await watched.whole(workflow);
			const from = scene.n8n.log.length;
			scene.site.expireTokens();
			await watched.checks(4);
			expect(await watched.failures(workflow)).toHaveLength(1);
			expect(watched.lines(from, /CXone Expert webhook of/)).toHaveLength(1);
			expect(scene.n8n.log.slice(from)).not.toContain(scene.site.longTermToken);
			await scene.client.updateCredential(scene.credential, withServerToken(scene));
			// What Expert sends with each delivery is derived from the token.
			const isRenewed = () => workflow.webhooks()[0]?.authorizationHeader !== authorizationHeader;
			await waitUntil('the webhook has a new authorization', isRenewed);
			expect((await watched.whole(workflow)).id).toBe(id);
			expect((await workflow.deliver()).status).toBe(200);
		});
	},
);

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

/** Calls of a repair, each of which has begun when the workflow is unpublished. */
const MOMENTS = [
	['GET', /\/webhooks$/],
	['POST', /\/webhooks$/],
	['GET', /\/webhooks\/\d+$/],
	['PUT', /\/events\//],
] as const;
