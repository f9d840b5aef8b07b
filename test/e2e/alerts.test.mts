import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { OFTEN, WatchedScene } from '../support/e2e/watch.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { waitUntil } from '../support/wait.mts';

describe('what the trigger reports, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	it('a webhook that a person disables makes one failed execution, which starts the error workflow', async () => {
		const alarm = await scene.errorWorkflow();
		const workflow = await scene.workflow({ events: ['page_create'], ...OFTEN });
		await scene.client.updateWorkflow(workflow.id, { settings: { errorWorkflow: alarm } });
		await scene.client.activate(workflow.id);
		scene.site.disableWebhook(workflow.webhooks()[0]!.id);
		await scene.client.waitForExecutions(alarm, 1);
		await new WatchedScene(scene).checks(2);
		expect(await scene.client.executionsWithData(workflow.id)).toMatchObject([
			{
				mode: 'trigger',
				data: {
					resultData: {
						error: {
							message: 'The webhook is disabled at the site, so no event starts the workflow',
							description: expect.stringMatching(/"Webhook: Enable" or in the Expert Dashboard/),
						},
					},
				},
			},
		]);
		expect(workflow.webhooks()).toMatchObject([{ active: false }]);
		await scene.client.deactivate(workflow.id);
	});

	it('an error workflow can branch by the cause of a failed action', async () => {
		const errorWorkflow = await scene.errorWorkflow();
		const page = { __rl: true, mode: 'id', value: '99999' };
		const actions = [{ resource: 'page', operation: 'get', page }];
		const workflow = await scene.workflow({ events: ['page_create'] }, { actions });
		const { nodes } = await scene.client.workflow(workflow.id);
		const changes = { nodes: nodes.map(({ onError: _, ...node }) => node) };
		await scene.client.updateWorkflow(workflow.id, { ...changes, settings: { errorWorkflow } });
		await scene.client.activate(workflow.id);
		await workflow.deliver();
		const [failed] = await scene.client.waitForExecutions(errorWorkflow, 1);
		const [item] = executionItems(failed!, 'On error');
		expect(item!.execution).toMatchObject({
			error: {
				message: 'There is no page 99999',
				failure: { cause: 'configuration-invalid' },
			},
		});
		await scene.client.deactivate(workflow.id);
	});

	/** What n8n has saved to find executions by, one list for each execution. */
	async function highlighted({ id }: PublishedTrigger, count: number) {
		const executions = await scene.client.waitForExecutions(id, count);
		const sql = 'SELECT key, value FROM execution_metadata WHERE "executionId" = ?';
		const saved = ({ id }: { id: string }) =>
			Object.fromEntries(
				scene.database.rows<{ key: string; value: string }>(sql, id).map(({ key, value }) => [key, value]),
			);
		// n8n writes them once it has saved the end.
		const isSaved = () => executions.every((each) => Object.keys(saved(each)).length > 0);
		await waitUntil('n8n has saved what finds the executions', isSaved);
		return executions.map(saved);
	}

	it('a failed execution is found by its delivery, its page and its event, that of several events by each', async () => {
		const code = "throw new Error('The node behind it fails')";
		const workflow = await scene.published({ events: ['page_create', 'page_delete'] }, { code });
		const [one, several] = [randomUUID(), randomUUID()];
		await workflow.deliver({ deliveryId: one, body: event({ page: 'Größe' }) });
		await scene.client.waitForExecutions(workflow.id, 1);
		const both = [event({ page: 'A' }), event({ page: 'B', type: 'page:delete' })].join('');
		await workflow.deliver({ deliveryId: several, body: `<events>${both}</events>` });
		expect(await highlighted(workflow, 2)).toMatchObject([
			{ deliveryId: one, pagePath: 'Guides/Page_Größe', eventType: 'page_create' },
			{
				deliveryId: several,
				pagePath: expect.stringMatching(/Page_A.*Page_B/) as string,
				eventType: expect.stringMatching(/page_create.*page_delete/) as string,
			},
		]);
		await scene.client.deactivate(workflow.id);
	});
});
