import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { Gate } from '../support/e2e/gate.mts';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { COUNT_IN_STATIC_DATA, Scene, TRIGGER } from '../support/e2e/scene.mts';
import { elementAt } from '../support/present.mts';

interface Delivery {
	body: string;
	deliveryId: string;
}

/** A workflow, and the deliveries that it has had before the restart. */
interface Known {
	workflow: PublishedTrigger;
	deliveries: Delivery[];
}

describe('deduplication over a restart and edits, in a real n8n', () => {
	let scene: Scene;
	let gate: Gate;
	let plain: Known;
	let edited: Known;
	let counting: Known;
	let overwritten: Known;

	/** One restart, about which each test looks at a workflow of its own. */
	beforeAll(async () => {
		scene = await Scene.share();
		gate = await Gate.start();
		plain = await delivered(await scene.published({ events: ['page_create'] }));
		edited = await deliveredOverEdits();
		const code = COUNT_IN_STATIC_DATA;
		counting = await delivered(await scene.published({ events: ['page_create'] }, { code }));
		overwritten = await deliveredDuringLongOne();
		await scene.n8n.restart();
		for (const { workflow } of all()) await workflow.routed();
	});
	afterAll(async () => {
		for (const { workflow } of all()) await scene.client.deactivate(workflow.id);
		await gate?.end();
		await scene?.close();
	});

	const all = () => [plain, edited, counting, overwritten];

	it('known deliveries do not run again after a restart, not even the first of several', async () => {
		await expectKnown(plain);
	});

	it('known deliveries do not run again after the node was renamed, edited and published again', async () => {
		await publishAgain(edited.workflow);
		await expectKnown(edited);
	});

	it('known deliveries do not run again when another node writes static data in every execution', async () => {
		const { count } = scene.database.staticData(counting.workflow.id).global;
		expect(count).toBe(counting.deliveries.length);
		await expectKnown(counting);
	});

	it('a delivery is marked if it runs again because another node wrote old static data back', async () => {
		const { workflow, deliveries } = overwritten;
		for (const delivery of deliveries) await accepted(workflow, delivery);
		await workflow.executions(3);
		const runs = storedRuns(scene.database, workflow.id);
		expect(tally(runs)).toMatchObject({ events: 3, unmarkedDuplicates: [] });
		expect(runs.filter(({ items }) => elementAt(items, 0).page.id === 'long')).toHaveLength(1);
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

	async function delivered(workflow: PublishedTrigger): Promise<Known> {
		const deliveries = [newDelivery(), newDelivery(), newDelivery()];
		for (const [index, delivery] of deliveries.entries()) {
			await accepted(workflow, delivery);
			await scene.client.waitForExecutions(workflow.id, index + 1);
		}
		return { workflow, deliveries };
	}

	/** One before and after each edit; all of them are known already before the restart. */
	async function deliveredOverEdits(): Promise<Known> {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries: Delivery[] = [];
		const deliver = async () => {
			deliveries.push(newDelivery());
			await accepted(workflow, deliveries.at(-1)!);
			await scene.client.waitForExecutions(workflow.id, deliveries.length);
		};
		await deliver();
		await edit(workflow.id, { name: 'Another name' });
		await deliver();
		await edit(workflow.id, { parameters: { events: ['page_create', 'page_delete'] } });
		await deliver();
		await edit(workflow.id, { name: TRIGGER, parameters: { events: ['*'], simplify: false } });
		await deliver();
		await publishAgain(workflow);
		await expectKnown({ workflow, deliveries });
		return { workflow, deliveries };
	}

	/** An execution that has its copy of static data writes it back when two others have ended. */
	async function deliveredDuringLongOne(): Promise<Known> {
		const code = `
if ($input.first().json.page.id === 'long') { ${gate.code} }
${COUNT_IN_STATIC_DATA}`;
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		const long = newDelivery('long');
		await accepted(workflow, long);
		await gate.waitForArrivals(1);
		const meanwhile = [newDelivery(), newDelivery()];
		for (const delivery of meanwhile) await accepted(workflow, delivery);
		await scene.client.waitForExecutions(workflow.id, 2);
		gate.open();
		await scene.client.waitForExecutions(workflow.id, 3);
		return { workflow, deliveries: [long, ...meanwhile] };
	}

	async function accepted(workflow: PublishedTrigger, delivery: Delivery) {
		expect((await workflow.deliver(delivery)).status).toBe(200);
	}

	/** All of them are sent again, and nothing runs. */
	async function expectKnown({ workflow, deliveries }: Known) {
		for (const delivery of deliveries) await accepted(workflow, delivery);
		expect(await workflow.executions(deliveries.length)).toHaveLength(deliveries.length);
	}

	async function publishAgain({ id }: PublishedTrigger) {
		await scene.client.deactivate(id);
		await scene.client.activate(id);
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
});

function newDelivery(page?: string): Delivery {
	return { body: event(page === undefined ? {} : { page }), deliveryId: randomUUID() };
}
