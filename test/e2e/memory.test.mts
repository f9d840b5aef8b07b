import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { Gate } from '../support/e2e/gate.mts';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { COUNT_IN_STATIC_DATA, Scene, TRIGGER } from '../support/e2e/scene.mts';
import { withCode } from '../support/n8n/settings.mts';
import { elementAt } from '../support/present.mts';

describe('deduplication over restarts and edits, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open({}, withCode)));
	afterAll(async () => await scene.close());

	it('known deliveries do not run again after a restart, not even the first of several', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries = [newDelivery(), newDelivery(), newDelivery()];
		for (const delivery of deliveries) await accepted(workflow, delivery);
		await workflow.executions(3);
		await restart(workflow);
		await expectKnown(workflow, deliveries);
		await scene.client.deactivate(workflow.id);
	});

	it('known deliveries do not run again after the node was renamed, edited and published again', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries: Delivery[] = [];
		const deliver = async () => {
			deliveries.push(newDelivery());
			await accepted(workflow, deliveries.at(-1)!);
			await workflow.executions(deliveries.length);
		};
		await deliver();
		await edit(workflow.id, { name: 'Another name' });
		await deliver();
		await edit(workflow.id, { parameters: { events: ['page_create', 'page_delete'] } });
		await deliver();
		await edit(workflow.id, { name: TRIGGER, parameters: { events: ['*'], simplify: false } });
		await deliver();
		await scene.client.deactivate(workflow.id);
		await scene.client.activate(workflow.id);
		await expectKnown(workflow, deliveries);
		await restart(workflow);
		await scene.client.deactivate(workflow.id);
		await scene.client.activate(workflow.id);
		await expectKnown(workflow, deliveries);
		await scene.client.deactivate(workflow.id);
	});

	it('known deliveries do not run again when another node writes static data in every execution', async () => {
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ code: COUNT_IN_STATIC_DATA },
		);
		const deliveries = [newDelivery(), newDelivery(), newDelivery(), newDelivery()];
		for (const [index, delivery] of deliveries.entries()) {
			await accepted(workflow, delivery);
			await workflow.executions(index + 1);
		}
		const { count } = scene.database.staticData(workflow.id).global;
		expect(count).toBe(deliveries.length);
		await restart(workflow);
		await expectKnown(workflow, deliveries);
		await scene.client.deactivate(workflow.id);
	});

	it('a delivery is marked if it runs again because another node wrote old static data back', async () => {
		const gate = await Gate.start();
		onTestFinished(async () => await gate.end());
		const code = `
if ($input.first().json.page.id === 'long') { ${gate.code} }
${COUNT_IN_STATIC_DATA}`;
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		const long = newDelivery('long');
		await accepted(workflow, long);
		// Its node has its copy, and what comes now is not in there.
		await gate.waitForArrivals(1);
		const meanwhile = [newDelivery(), newDelivery()];
		for (const delivery of meanwhile) await accepted(workflow, delivery);
		await scene.client.waitForExecutions(workflow.id, 2);
		gate.open();
		await workflow.executions(3);
		await restart(workflow);
		for (const delivery of [long, ...meanwhile]) await accepted(workflow, delivery);
		await workflow.executions(3);
		const runs = storedRuns(scene.database, workflow.id);
		expect(tally(runs)).toMatchObject({ events: 3, unmarkedDuplicates: [] });
		expect(runs.filter(({ items }) => elementAt(items, 0).page.id === 'long')).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
	});

	it('an unknown event from before the start of n8n is marked as redelivered', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const old = event().replace(/datetime="[^"]+"/, 'datetime="2026-01-30T16:59:45Z"');
		await accepted(workflow, { body: old, deliveryId: randomUUID() });
		await accepted(workflow, newDelivery());
		const [[first], [second]] = (await scene.items(workflow.id, 2)) as [[object], [object]];
		expect(first).toMatchObject({ redelivered: true });
		expect(second).not.toHaveProperty('redelivered');
		await scene.client.deactivate(workflow.id);
	});

	async function accepted(workflow: PublishedTrigger, delivery: Delivery) {
		expect((await workflow.deliver(delivery)).status).toBe(200);
	}

	/** All of them are sent again, and nothing runs. */
	async function expectKnown(workflow: PublishedTrigger, deliveries: Delivery[]) {
		for (const delivery of deliveries) await accepted(workflow, delivery);
		expect(await workflow.executions(deliveries.length)).toHaveLength(deliveries.length);
	}

	/** Changes the trigger node in the editor, and publishes. */
	async function edit(workflowId: string, changes: { name?: string; parameters?: object }) {
		const { nodes, connections } = await scene.client.workflow(workflowId);
		const trigger = nodes.find(({ type }) => type.endsWith('.cxoneExpertTrigger'))!;
		const edited = { ...trigger, ...changes };
		await scene.client.updateWorkflow(workflowId, {
			nodes: nodes.map((node) => (node === trigger ? edited : node)),
			connections: { [edited.name]: connections[trigger.name] },
		});
		await scene.client.activate(workflowId);
	}

	async function restart(workflow: PublishedTrigger) {
		await scene.n8n.restart();
		await workflow.routed();
	}
});

interface Delivery {
	body: string;
	deliveryId: string;
}

function newDelivery(page?: string): Delivery {
	return { body: event(page === undefined ? {} : { page }), deliveryId: randomUUID() };
}
