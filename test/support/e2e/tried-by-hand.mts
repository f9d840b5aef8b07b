import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { NewWorkflow } from '../n8n/client.mts';
import { type Execution, executionError, executionItems } from '../n8n/executions.mts';
import type { Scene } from './scene.mts';

const POLL = 'When polling finds changes';
const READ = 'Read page';

/**
 * "Fetch Test Event" on a polling trigger gives a page, and "Execute step" on the node behind it reads that.
 *
 * @returns the two executions
 */
export async function tryPollingByHand(scene: Scene): Promise<Execution[]> {
	const { client, site } = scene;
	const { pageId } = site.site.createPage('Fetched', { title: 'Fetched' });
	const { id } = await client.createWorkflow({
		name: 'Tried by hand',
		nodes: [
			expertNode(scene, POLL, 'cxoneExpertPollingTrigger', { events: ['page_create'] }),
			expertNode(scene, READ, 'cxoneExpert', {
				...{ resource: 'page', operation: 'get' },
				page: { __rl: true, mode: 'id', value: '={{ $json.page.id }}' },
			}),
		],
		connections: { [POLL]: { main: [[{ node: READ, type: 'main', index: 0 }]] } },
		// As the editor saves it; without, a worker of n8n 2.41.1 cannot run a step alone.
		pinData: {},
	} as unknown as NewWorkflow);

	await client.executeStep(id, POLL);
	const fetched = await ranByHand(scene, id, 1);
	expect(executionItems(fetched, POLL)).toMatchObject([
		{ eventType: 'page_create', page: { id: String(pageId), title: 'Fetched' } },
	]);
	const { runData } = fetched.data!.resultData;
	expect(Object.keys(runData)).toEqual([POLL]);
	await client.executeStep(id, READ, runData);
	const read = await ranByHand(scene, id, 2);
	expect(executionItems(read, READ)).toMatchObject([{ title: 'Fetched' }]);
	return [fetched, read];
}

/** The newest execution of a workflow, which somebody has started in the editor. */
export async function ranByHand({ client }: Scene, workflowId: string, count: number) {
	const execution = (await client.waitForExecutions(workflowId, count)).at(-1)!;
	expect(executionError(execution)).toBeUndefined();
	expect(execution).toMatchObject({ mode: 'manual', status: 'success' });
	return execution;
}

function expertNode({ credential }: Scene, name: string, type: string, parameters: object) {
	return {
		...{ id: randomUUID(), name, type: `n8n-nodes-cxone-expert.${type}`, parameters },
		...{ typeVersion: 1, position: [0, 0] },
		credentials: { cxoneExpertApi: { id: credential.id, name: credential.name } },
	};
}
