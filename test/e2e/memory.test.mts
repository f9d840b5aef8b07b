import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event } from './support/published-trigger.mts';
import { Scene, TRIGGER } from './support/scene.mts';

describe('what a real n8n remembers', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open()));
	afterAll(async () => await scene.close());

	it('runs nothing again after a restart, not even the first of several deliveries', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries = [1, 2, 3].map(() => ({ body: event(), deliveryId: randomUUID() }));
		for (const delivery of deliveries) expect((await workflow.send(delivery)).status).toBe(200);
		expect(await workflow.executions(3)).toHaveLength(3);
		await scene.n8n.restart();
		for (const delivery of deliveries) expect((await workflow.send(delivery)).status).toBe(200);
		expect(await workflow.executions(3)).toHaveLength(3);
		await scene.client.deactivate(workflow.id);
	});

	it('forgets nothing when the node is renamed and the workflow is published again', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const delivery = { body: event(), deliveryId: randomUUID() };
		await workflow.send(delivery);
		await workflow.executions(1);
		await rename(workflow.id, 'Another name');
		await scene.n8n.restart();
		expect((await workflow.send(delivery)).status).toBe(200);
		expect(await workflow.executions(1)).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
	});

	it('forgets nothing when a node behind it writes workflow static data, too', async () => {
		const code =
			"const data = $getWorkflowStaticData('global'); data.count = (data.count ?? 0) + 1; return $input.all();";
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		const deliveries = Array.from({ length: 6 }, () => ({
			body: event(),
			deliveryId: randomUUID(),
		}));
		for (const delivery of deliveries) await workflow.send(delivery);
		expect(await workflow.executions(6)).toHaveLength(6);
		expect(scene.database.staticData(workflow.id).global.count).toBeGreaterThan(0);
		for (const delivery of deliveries) expect((await workflow.send(delivery)).status).toBe(200);
		expect(await workflow.executions(6)).toHaveLength(6);
		await scene.client.deactivate(workflow.id);
	});

	it('marks an event of before the start that it does not know: it may have run', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const old = event().replace(/datetime="[^"]+"/, 'datetime="2026-01-30T16:59:45Z"');
		expect((await workflow.send({ body: old })).status).toBe(200);
		expect((await workflow.send()).status).toBe(200);
		const [[first], [second]] = (await scene.items(workflow.id, 2)) as [[object], [object]];
		expect(first).toMatchObject({ redelivered: true });
		expect(second).not.toHaveProperty('redelivered');
		await scene.client.deactivate(workflow.id);
	});

	async function rename(workflowId: string, name: string) {
		const { nodes, connections } = await scene.client.workflow(workflowId);
		await scene.client.updateWorkflow(workflowId, {
			nodes: nodes.map((node) => (node.name === TRIGGER ? { ...node, name } : node)),
			connections: { [name]: connections[TRIGGER] },
		});
		await scene.client.activate(workflowId);
	}
});
