import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';

describe('deduplication over a restart and edits, in a real n8n', () => {
	let scene: Scene;
	let workflow: PublishedTrigger;
	/** One before and one after each edit. */
	const deliveries: Array<{ body: string; deliveryId: string }> = [];

	beforeAll(async () => {
		scene = await Scene.share();
		workflow = await scene.published({ events: ['page_create'] });
		const edits = [
			{ name: 'Another name' },
			{ parameters: { events: ['page_create', 'page_delete'] } },
			{ name: TRIGGER, parameters: { events: ['*'], simplify: false } },
		];
		await deliver();
		for (const changes of edits) {
			await edit(changes);
			await deliver();
		}
	});
	afterAll(async () => {
		await scene?.client.deactivate(workflow.id);
		await scene?.close();
	});

	it('known deliveries do not run again after the node was renamed, edited and published again', async () => {
		await publishAgain();
		await expectKnown();
	});

	it('known deliveries do not run again after a restart, not even the first of several', async () => {
		await scene.n8n.restart();
		await workflow.routed();
		await expectKnown();
	});

	it('known deliveries do not run again when the workflow is published again after a restart', async () => {
		await publishAgain();
		await expectKnown();
	});

	async function deliver() {
		deliveries.push({ body: event(), deliveryId: randomUUID() });
		expect((await workflow.deliver(deliveries.at(-1))).status).toBe(200);
		await scene.client.waitForExecutions(workflow.id, deliveries.length);
	}

	/** All of them are sent again, and nothing runs. */
	async function expectKnown() {
		for (const delivery of deliveries) expect((await workflow.deliver(delivery)).status).toBe(200);
		expect(await workflow.executions(deliveries.length)).toHaveLength(deliveries.length);
	}

	async function publishAgain() {
		await scene.client.deactivate(workflow.id);
		await scene.client.activate(workflow.id);
	}

	/** Changes the trigger node in the editor, and publishes. */
	async function edit(changes: { name?: string; parameters?: object }) {
		const { nodes, connections } = await scene.client.workflow(workflow.id);
		const trigger = nodes.find(({ type }) => type.endsWith('.cxoneExpertTrigger'))!;
		const edited = { ...trigger, ...changes };
		await scene.client.updateWorkflow(workflow.id, {
			nodes: nodes.map((node) => (node === trigger ? edited : node)),
			connections: { [edited.name]: connections[trigger.name] },
		});
		await scene.client.activate(workflow.id);
	}
});
