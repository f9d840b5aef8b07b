import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quickPatientSite } from '../../support/chaos/patient-site.mts';
import { openProxied, restartBehind } from '../../support/chaos/proxied.mts';
import { executionItems } from '../../support/n8n/executions.mts';
import { Gate } from '../../support/e2e/gate.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';

const letThroughOnce = { resource: 'change', operation: 'letThroughOnce' };
const changedPages = {
	...{ resource: 'page', operation: 'getChangedSince', returnAll: true },
	below: { __rl: true, mode: 'path', value: '' },
	since: '={{ $now.minus({ hours: 1 }).toISO() }}',
};

describe('an execution that was cut off behind "Let Through Once"', () => {
	let stage: Awaited<ReturnType<typeof openProxied>>;
	let gate: Gate;
	beforeAll(async () => (stage = await openProxied(quickPatientSite)));
	afterAll(async () => await stage?.close());

	beforeEach(async () => (gate = await Gate.start()));
	afterEach(async () => await gate.end());

	/** Holds an execution that is about a page with this name. */
	function holding(page: string): string {
		return `
if (JSON.stringify($input.all()).includes('${page}')) { ${gate.code} }
return $input.all();`;
	}

	/** Kills n8n in the last node of the execution that is held, and starts it again. */
	async function killHeld(workflow: PublishedTrigger) {
		const { scene, proxy } = stage;
		await gate.waitForArrivals(1);
		await restartBehind(proxy, scene, workflow, 'kill');
		gate.open();
		return (await scene.client.failedExecutions(workflow.id)).at(-1)!;
	}

	async function handled(workflow: PublishedTrigger) {
		const executions = await stage.scene.client.executionsWithData(workflow.id);
		return executions.map((execution) => ({
			status: execution.status,
			items: executionItems(execution, 'Next'),
		}));
	}

	it('a retried execution handles its event, which was let through before the crash', async () => {
		const { scene } = stage;
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ actions: [letThroughOnce], code: holding('Slow_event') },
		);
		const { pageId } = scene.site.site.createPage('Slow_event');
		await scene.site.idle();
		const cutOff = await killHeld(workflow);
		expect(cutOff).toMatchObject({ status: 'crashed' });
		await scene.client.retry(cutOff.id);
		const [, retried] = await handled(workflow);
		expect(retried).toEqual({
			status: 'success',
			items: [expect.objectContaining({ page: expect.objectContaining({ id: `${pageId}` }) })],
		});
		await scene.client.deactivate(workflow.id);
	});

	it('a retried catch-up handles what it had found, and not what was handled before', async () => {
		const { scene } = stage;
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ actions: [changedPages, letThroughOnce], code: holding('Slow_catch-up') },
		);
		scene.site.site.createPage('Quick');
		await scene.site.idle();
		await scene.client.waitForExecutions(workflow.id, 1);
		const { pageId } = scene.site.site.createPage('Slow_catch-up');
		await scene.site.idle();
		const cutOff = await killHeld(workflow);
		expect(cutOff).toMatchObject({ status: 'crashed' });
		await scene.client.retry(cutOff.id);
		const runs = await handled(workflow);
		expect(runs.at(-1)).toEqual({
			status: 'success',
			items: [expect.objectContaining({ change: 'created', id: `${pageId}` })],
		});
		await scene.client.deactivate(workflow.id);
	});

	it('an event is handled once when a called execution and its caller are both retried', async () => {
		const { scene } = stage;
		const called = await callable();
		const workflow = await calling(called);
		const { pageId } = scene.site.site.createPage('Slow_call');
		await scene.site.idle();
		const caller = await killHeld(workflow);
		const [cutOff] = await scene.client.failedExecutions(called);
		expect([caller, cutOff]).toMatchObject([{ status: 'crashed' }, { status: 'crashed' }]);
		await scene.client.retry(caller.id);
		await scene.client.retry(cutOff!.id);
		const executions = await scene.client.executionsWithData(called);
		const items = executions
			.filter(({ status }) => status === 'success')
			.flatMap((execution) => executionItems(execution, 'Next'));
		expect(items).toMatchObject([{ page: { id: `${pageId}` } }]);
		await scene.client.deactivate(workflow.id);
	});

	/** A workflow that others call, with "Let Through Once" in it. */
	async function callable(): Promise<string> {
		const { scene } = stage;
		const { id, nodes } = await scene.subWorkflow(holding('Slow_call'));
		const once = {
			...{ id: randomUUID(), name: 'Once', position: [100, 0] },
			...{ type: 'n8n-nodes-cxone-expert.cxoneExpert', typeVersion: 1 },
			parameters: letThroughOnce,
			credentials: { cxoneExpertApi: scene.credential },
		};
		const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
		const connections = { 'When called': to('Once'), Once: to('Next') };
		await scene.client.updateWorkflow(id, { nodes: [...nodes, once], connections });
		await scene.client.activate(id);
		return id;
	}

	async function calling(called: string): Promise<PublishedTrigger> {
		const { scene } = stage;
		const workflow = await scene.workflow({ events: ['page_create'] });
		const { nodes } = await scene.client.workflow(workflow.id);
		const call = {
			...{ type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2 },
			parameters: { workflowId: { __rl: true, mode: 'id', value: called } },
		};
		const changed = nodes.map((node) => (node.name === 'Next' ? { ...node, ...call } : node));
		await scene.client.updateWorkflow(workflow.id, { nodes: changed });
		await scene.client.activate(workflow.id);
		return workflow;
	}
});
