import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { COUNT_IN_STATIC_DATA, Scene, TRIGGER } from '../support/e2e/scene.mts';
import { elementAt } from '../support/present.mts';

/** The same, in an execution that takes longer than those that come after it. */
const COUNT_SLOWLY = `
if ($input.first().json.page.id === 'long') await new Promise((end) => setTimeout(end, 10_000));
${COUNT_IN_STATIC_DATA}`;

describe('what a real n8n remembers', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open()));
	afterAll(async () => await scene.close());

	it('runs nothing again after a restart, not even the first of several deliveries', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries = [newDelivery(), newDelivery(), newDelivery()];
		for (const delivery of deliveries) await accepted(workflow, delivery);
		await workflow.executions(3);
		await restart(workflow);
		await expectKnown(workflow, deliveries);
		await scene.client.deactivate(workflow.id);
	});

	it('forgets nothing when the node is renamed, edited and published again and again', async () => {
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

	it('forgets nothing when a node behind it writes workflow static data in every execution', async () => {
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

	it('marks what such a node can still make it forget: what came while its execution ran', async () => {
		const workflow = await scene.published({ events: ['page_create'] }, { code: COUNT_SLOWLY });
		const long = newDelivery('long');
		await accepted(workflow, long);
		// Its node takes its copy, and what comes now is not in there.
		await sleep(2_000);
		const meanwhile = [newDelivery(), newDelivery()];
		for (const delivery of meanwhile) await accepted(workflow, delivery);
		await workflow.executions(3);
		await restart(workflow);
		for (const delivery of [long, ...meanwhile]) await accepted(workflow, delivery);
		await workflow.executions(3);
		const runs = storedRuns(scene.database, workflow.id);
		expect(tally(runs)).toMatchObject({ events: 3, unflaggedDoubles: [] });
		expect(runs.filter(({ items }) => elementAt(items, 0).page.id === 'long')).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
	});

	it('marks an event of before the start that it does not know: it may have run', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const old = event().replace(/datetime="[^"]+"/, 'datetime="2026-01-30T16:59:45Z"');
		await accepted(workflow, { body: old, deliveryId: randomUUID() });
		await accepted(workflow, newDelivery());
		const [[first], [second]] = (await scene.items(workflow.id, 2)) as [[object], [object]];
		expect(first).toMatchObject({ redelivered: true });
		expect(second).not.toHaveProperty('redelivered');
		await scene.client.deactivate(workflow.id);
	});

	/** Sends it until it is answered 200: a machine with much to do answers the first ones late. */
	async function accepted(workflow: PublishedTrigger, delivery: Delivery) {
		while ((await workflow.send(delivery)).status !== 200) await sleep(200);
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
