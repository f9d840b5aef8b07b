import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../support/wait.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';

describe('publishing and unpublishing, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());
	afterEach(() => scene.site.faults.clear());

	it('publishing registers exactly the chosen events, also once they are edited, and unpublishing removes the webhook', async () => {
		const workflow = await scene.published({ events: ['page_create', 'pagetag_update'] });
		const [webhook, ...others] = workflow.webhooks();
		expect(others).toEqual([]);
		expect(webhook!.active).toBe(true);
		// Events are added side by side, in no order.
		expect(webhook!.events.toSorted()).toEqual(['PageTag_Update', 'Page_Create']);
		expect(webhook!.authorizationHeader).toMatch(/^Bearer [\w-]{43}$/);
		await edit(workflow.id, { events: ['pagetag_update', 'user_update'] });
		const [edited] = workflow.webhooks();
		expect(edited!.events.toSorted()).toEqual(['PageTag_Update', 'User_Update']);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('publishing again enables a webhook that the site has disabled', async () => {
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
		await scene.n8n.waitForLog(/webhook \d+ was disabled/, from);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('listening for a test event uses a webhook of its own', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const before = workflow.webhooks();
		await scene.client.listenForTest(workflow.id, TRIGGER);
		const testUrl = scene.client.testUrl(workflow.webhookId);
		expect(workflow.webhooks(testUrl)).toMatchObject([{ active: true, events: ['Page_Create'] }]);
		// n8n listens for one delivery only: a busy n8n that tells the site to retry has taken it.
		expect([200, 503]).toContain((await workflow.sendOnce({}, testUrl)).status);
		await waitUntil('n8n removes the test webhook', () => workflow.webhooks(testUrl).length === 0);
		expect(workflow.webhooks()).toEqual(before);
		const [test] = await scene.client.waitForExecutions(workflow.id, 1);
		expect(test).toMatchObject({ mode: 'manual', status: 'success' });
		await scene.client.deactivate(workflow.id);
	});

	it('publishing names the event that the site refuses, and leaves no webhook', async () => {
		const events = ['page_create', 'other'];
		const workflow = await scene.workflow({ events, additionalEvents: 'no_such_event' });
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/no_such_event/);
		expect(workflow.webhooks()).toEqual([]);
		expect(scene.log).not.toMatch(/unhandled/i);
	});

	async function edit(workflowId: string, parameters: object) {
		const { nodes } = await scene.client.workflow(workflowId);
		const edited = nodes.map((node) => (node.name === TRIGGER ? { ...node, parameters } : node));
		await scene.client.updateWorkflow(workflowId, { nodes: edited });
		await scene.client.activate(workflowId);
	}
});
