import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';
import { OFTEN, WatchedScene } from '../support/e2e/watch.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { n8nVersion } from '../support/n8n/runtime.mts';
import { waitFor } from '../support/wait.mts';

const WRONG_SECRET = { secret: 'whsec_of-another-site' };

/** What people read of a failed execution. */
interface Shown {
	message: string;
	description: string;
}

describe('what the trigger tells, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	/** The errors of all failed executions of a workflow, oldest first. */
	async function failures({ id }: PublishedTrigger): Promise<Array<Shown & { mode: string }>> {
		const executions = await scene.client.executionsWithData(id);
		return executions.flatMap(({ mode, data }) => {
			const error = data?.resultData.error as Shown | undefined;
			if (error === undefined) return [];
			return [{ mode, message: error.message, description: error.description }];
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
			},
		]);
		expect((await failures(workflow))[0]!.description).toContain(
			`n8n responded 401 to delivery ${deliveryId}.`,
		);
		await workflow.noLongerListening();
		await scene.client.listenForTest(workflow.id, TRIGGER);
		// Once: while n8n ends the test, a copy that is sent after a late response can start a second one.
		expect([200, 503]).toContain((await workflow.send({}, testUrl)).status);
		const executions = await scene.client.waitForExecutions(workflow.id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['error', 'success']);
		await workflow.noLongerListening();
	});

	it('a stranger can do no more to a test than end the listening', async () => {
		const workflow = await scene.workflow({ events: ['page_create'] });
		const testUrl = scene.client.testUrl(workflow.webhookId);
		await scene.client.listenForTest(workflow.id, TRIGGER);
		const stranger = { authorization: 'Bearer guess', secret: 'guess', body: '<event>x</event>' };
		const statuses: number[] = [];
		for (let count = 0; count < 5; count++) {
			statuses.push((await workflow.deliver(stranger, testUrl)).status);
		}
		// n8n listens for one request; the others find nobody.
		expect(statuses[0]).toBe(401);
		expect(statuses.slice(1).filter((status) => ![401, 404].includes(status))).toEqual([]);
		await workflow.executions(1);
		const [failure, ...others] = await failures(workflow);
		expect(others).toEqual([]);
		expect(failure!.message).toMatch(/^A delivery has arrived, but its Authorization is not/);
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
			{
				mode: 'trigger',
				message: 'The webhook is disabled at the site, so no event starts the workflow',
				description: expect.stringMatching(/"Webhook: Enable" or in the Expert Dashboard/),
			},
		]);
		expect(workflow.webhooks()).toMatchObject([{ active: false }]);
		await scene.client.deactivate(workflow.id);
	});

	it('refusals in production start nothing', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		for (let count = 0; count < 15; count++) {
			expect((await workflow.deliver(WRONG_SECRET)).status).toBe(401);
		}
		expect((await workflow.deliver()).status).toBe(200);
		// A check of the watch may come just then, and tell of the refusals.
		const executions = await workflow.executions(1);
		expect(executions.filter(({ mode }) => mode === 'webhook')).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
	});

	/** A refused, an accepted, a repeated and a last delivery. What is sent again after a 503 counts, too. */
	async function sendFour() {
		const check = { resource: 'webhook', operation: 'checkHealth' };
		const workflow = await scene.published({ events: ['page_create'] }, { actions: [check] });
		const [repeated, last] = [randomUUID(), randomUUID()];
		const genuine = { body: event(), deliveryId: repeated };
		const statuses: number[] = [];
		for (const delivery of [WRONG_SECRET, genuine, genuine, { deliveryId: last }]) {
			statuses.push((await workflow.send(delivery)).status);
		}
		if (!statuses.includes(503)) return { workflow, last };
		await scene.client.deactivate(workflow.id);
		return undefined;
	}

	it('Check Health tells what this n8n has seen of the deliveries', async () => {
		const { workflow, last } = await waitFor('no delivery is told to retry', sendFour);
		const executions = await scene.client.waitForExecutions(workflow.id, 2);
		const reports = executionItems(executions.at(-1)!, 'Action 1');
		const [major, minor] = n8nVersion.split('.');
		expect(reports.find(({ url }) => url === workflow.url)).toMatchObject({
			...{ healthy: true, runningJobs: [], findings: [] },
			versions: { package: expect.stringMatching(/^\d+\.\d+\.\d+/), n8n: `${major}.${minor}` },
			deliveries: {
				...{ process: 'main', duplicates: 1 },
				refused: { 'signature wrong': 1 },
				lastDelivery: { deliveryId: last },
				...{ p50Ms: expect.any(Number), p95Ms: expect.any(Number) },
			},
		});
		await scene.client.deactivate(workflow.id);
	});
});
