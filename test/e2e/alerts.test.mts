import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';
import { OFTEN, WatchedScene } from '../support/e2e/watch.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { waitUntil } from '../support/wait.mts';

const WRONG_SECRET = { secret: 'whsec_of-another-site' };

/** What people read of a failed execution. */
interface Shown {
	message: string;
	description: string;
	failure?: { cause: string };
}

describe('what the trigger reports, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	/** The errors of all failed executions of a workflow, oldest first. */
	async function failures({ id }: PublishedTrigger): Promise<Array<Shown & { mode: string }>> {
		const executions = await scene.client.executionsWithData(id);
		return executions.flatMap(({ mode, data }) => {
			const error = data?.resultData.error as Shown | undefined;
			if (error === undefined) return [];
			const { message, description, failure } = error;
			return [{ mode, message, description, ...(failure && { failure }) }];
		});
	}

	it('the editor shows a refused test event with what to do, and the next one runs', async () => {
		const workflow = await scene.workflow({ events: ['page_create'] });
		const testUrl = scene.client.testUrl(workflow.webhookId);
		await scene.client.listenForTest(workflow.id, TRIGGER);
		const deliveryId = randomUUID();
		const refused = await workflow.deliver({ ...WRONG_SECRET, deliveryId }, testUrl);
		expect([refused.status, refused.body]).toEqual([401, '']);
		await workflow.executions(1);
		expect(await failures(workflow)).toEqual([
			{
				mode: 'manual',
				message:
					'A delivery from Expert has arrived, but its signature does not match the Signing Secret',
				description: expect.stringMatching(/^Enter the Signing Secret of your site again/),
				failure: { cause: 'credential-invalid' },
			},
		]);
		expect((await failures(workflow))[0]!.description).toContain(
			`n8n responded 401 to delivery ${deliveryId}.`,
		);
		await workflow.noLongerListening();
		await scene.client.listenForTest(workflow.id, TRIGGER);
		// Once: while n8n ends the test, a copy that is sent after a late response can start a second one.
		expect([200, 503]).toContain((await workflow.sendOnce({}, testUrl)).status);
		const executions = await scene.client.waitForExecutions(workflow.id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['error', 'success']);
		await workflow.noLongerListening();
	});

	it('a webhook that a person disables makes one failed execution, which starts the error workflow', async () => {
		const alarm = await scene.errorWorkflow();
		const workflow = await scene.workflow({ events: ['page_create'], ...OFTEN });
		await scene.client.updateWorkflow(workflow.id, { settings: { errorWorkflow: alarm } });
		await scene.client.activate(workflow.id);
		scene.site.disableWebhook(workflow.webhooks()[0]!.id);
		await scene.client.waitForExecutions(alarm, 1);
		await new WatchedScene(scene).checks(2);
		expect(await failures(workflow)).toEqual([
			// n8n saves no cause of what a trigger reports.
			{
				mode: 'trigger',
				message: 'The webhook is disabled at the site, so no event starts the workflow',
				description: expect.stringMatching(/"Webhook: Enable" or in the Expert Dashboard/),
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
		const { error } = item!.execution as { error: Shown };
		expect(error.message).toBe('There is no page 99999');
		expect(error.failure?.cause).toBe('configuration-invalid');
		await scene.client.deactivate(workflow.id);
	});

	/** What n8n has saved to find executions by, one list for each execution. */
	async function highlighted({ id }: PublishedTrigger, count: number) {
		const executions = await scene.client.waitForExecutions(id, count);
		const sql = 'SELECT key, value FROM execution_metadata WHERE "executionId" = ?';
		const saved = ({ id }: { id: string }) =>
			Object.fromEntries(
				scene.database
					.rows<{ key: string; value: string }>(sql, id)
					.map(({ key, value }) => [key, value]),
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

	it('the execution of a draft ends as a success without output, says why, and is found by the option', async () => {
		const workflow = await scene.published({
			...{ events: ['page_create'], filters: { skipDrafts: true } },
		});
		scene.site.site.createDraft('Coming');
		expect(await highlighted(workflow, 1)).toMatchObject([{ leftOut: 'Skip Drafts' }]);
		const [execution] = await scene.client.waitForExecutions(workflow.id, 1);
		const { runData, error } = execution!.data!.resultData;
		expect({ status: execution!.status, error }).toEqual({ status: 'success', error: undefined });
		expect(Object.keys(runData)).toEqual([TRIGGER]);
		expect(executionItems(execution!, TRIGGER)).toEqual([]);
		expect(runData[TRIGGER]).toMatchObject([
			{ hints: [{ message: '1 event was left out by: Skip Drafts' }] },
		]);
		await scene.client.deactivate(workflow.id);
	});

	// The last one: a token that has expired stays so.
	it('an expired token makes one line and one failed execution, a new one is enough', async () => {
		const watched = new WatchedScene(scene);
		const workflow = await watched.published();
		const { authorizationHeader, id } = await watched.whole(workflow);
		const from = scene.n8n.log.length;
		scene.site.expireTokens();
		await scene.client.waitForExecutions(workflow.id, 1);
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
});

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
