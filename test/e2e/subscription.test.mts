import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';

describe('publishing and unpublishing, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open()));
	afterAll(async () => await scene.close());
	afterEach(() => scene.site.faults.clear());

	it('registers exactly the chosen events, and removes the webhook when unpublished', async () => {
		const workflow = await scene.published({ events: ['page_create', 'pagetag_update'] });
		const [webhook, ...others] = workflow.webhooks();
		expect(others).toEqual([]);
		expect(webhook!.active).toBe(true);
		// Events are added side by side, in no order.
		expect(webhook!.events.toSorted()).toEqual(['PageTag_Update', 'Page_Create']);
		expect(webhook!.authorizationHeader).toMatch(/^Bearer [\w-]{43}$/);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('registers all 27 event types for "All Events"', async () => {
		const workflow = await scene.published({ events: ['*'] });
		expect(workflow.webhooks()[0]!.events).toHaveLength(27);
		await scene.client.deactivate(workflow.id);
	});

	it('follows an edit of the events when it is published again', async () => {
		const workflow = await scene.published({ events: ['page_create', 'page_move'] });
		await edit(workflow.id, { events: ['page_move', 'user_update'] });
		expect(workflow.webhooks().map(({ events }) => [...events].sort())).toEqual([
			['Page_Move', 'User_Update'],
		]);
		await scene.client.deactivate(workflow.id);
	});

	it('heals a webhook that the site has switched off', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		// As after a crash of n8n: the webhook is still there when the workflow is published again.
		const { id } = workflow.webhooks()[0]!;
		scene.site.disableWebhook(id);
		scene.site.faults.add({
			match: { method: 'DELETE', path: /\/webhooks\/\d+$/ },
			effect: { status: 500, body: 'xml' },
		});
		await scene.client.deactivate(workflow.id);
		scene.site.faults.clear();
		expect(workflow.webhooks()).toMatchObject([{ id, active: false }]);

		const from = scene.n8n.log.length;
		await scene.client.activate(workflow.id);
		expect(workflow.webhooks()).toMatchObject([{ id, active: true, events: ['Page_Create'] }]);
		await scene.n8n.waitForLog(/had disabled webhook \d+/, 5_000, from);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('tells the user what to do when the site refuses an event, and leaves no orphan', async () => {
		const workflow = await scene.workflow({
			events: ['page_create'],
			additionalOptions: { additionalEvents: 'no_such_event' },
		});
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/no_such_event/);
		expect(workflow.webhooks()).toEqual([]);
		expect(scene.n8n.log).not.toMatch(/unhandled/i);
	});

	it('publishes for real once the site is well again after everything was refused', async () => {
		const workflow = await scene.workflow({ events: ['page_create'] });
		scene.site.faults.add({ effect: { status: 500 } });
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/500/);
		scene.site.faults.clear();
		await scene.client.activate(workflow.id);
		expect(workflow.webhooks()).toMatchObject([{ active: true, events: ['Page_Create'] }]);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('stops without a signing secret and says where to enter it', async () => {
		await scene.client.updateCredential(scene.credential, { ...scene.secrets, signingSecret: '' });
		const workflow = await scene.workflow({ events: ['page_create'] });
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/Signing Secret/);
		expect(workflow.webhooks()).toEqual([]);
		await scene.client.updateCredential(scene.credential, scene.secrets);
	});

	it('stops for a public site while n8n has no https address, and names WEBHOOK_URL', async () => {
		const calls = scene.site.apiCalls.length;
		const siteUrl = 'https://help.example.com';
		await scene.client.updateCredential(scene.credential, { ...scene.secrets, siteUrl });
		const workflow = await scene.workflow({ events: ['page_create'] });
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/WEBHOOK_URL/);
		expect(scene.site.apiCalls).toHaveLength(calls);
		await scene.client.updateCredential(scene.credential, scene.secrets);
	});

	it('uses a webhook of its own to listen for a test event', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const before = workflow.webhooks();
		await scene.client.listenForTest(workflow.id, TRIGGER);
		const testUrl = scene.client.testUrl(workflow.webhookId);
		expect(workflow.webhooks(testUrl)).toMatchObject([{ active: true, events: ['Page_Create'] }]);
		expect((await workflow.send({}, testUrl)).status).toBe(200);
		await expect.poll(() => workflow.webhooks(testUrl), { timeout: 10_000 }).toEqual([]);
		expect(workflow.webhooks()).toEqual(before);
		const [test] = await scene.client.waitForExecutions(workflow.id, 1);
		expect(test).toMatchObject({ mode: 'manual', status: 'success' });
		await scene.client.deactivate(workflow.id);
	});

	async function edit(workflowId: string, parameters: object) {
		const { nodes } = await scene.client.workflow(workflowId);
		const edited = nodes.map((node) => (node.name === TRIGGER ? { ...node, parameters } : node));
		await scene.client.updateWorkflow(workflowId, { nodes: edited });
		await scene.client.activate(workflowId);
	}
});
