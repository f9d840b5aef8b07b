import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event } from '../support/e2e/published-trigger.mts';
import { withCode } from '../support/n8n/settings.mts';
import { Scene } from '../support/e2e/scene.mts';

/** One row of n8n's filter "Highlighted data". */
interface Filter {
	key: string;
	value: string;
	exactMatch?: boolean;
}

describe('the filter of the executions list, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => {
		// n8n's own switch for tests: with it, what needs a licence can be turned on.
		scene = await Scene.open({}, { ...withCode, E2E_TESTS: 'true' });
		const feature = { feature: 'feat:advancedExecutionFilters', enabled: true };
		await scene.client.rest('PATCH', '/e2e/feature', feature);
	});
	afterAll(async () => await scene?.close());

	/** The executions that the editor lists with this filter. */
	async function found(workflowId: string, filter: Filter): Promise<string[]> {
		const query = encodeURIComponent(JSON.stringify({ workflowId, metadata: [filter] }));
		const { results } = await scene.client.rest<{ results: Array<{ id: string }> }>(
			'GET',
			`/executions?filter=${query}`,
		);
		return results.map(({ id }) => id);
	}

	it('an execution is found by its delivery, its page and its event, also when it has failed', async () => {
		const code = "throw new Error('The node behind it fails')";
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		const ids = [randomUUID(), randomUUID(), randomUUID()];
		for (const [index, deliveryId] of ids.entries()) {
			await workflow.deliver({ deliveryId, body: event({ page: `Größe_${index}` }) });
			await scene.client.waitForExecutions(workflow.id, index + 1);
		}
		const executions = (await scene.client.executions(workflow.id)).map(({ id }) => id);
		for (const [index, value] of ids.entries()) {
			const one = [executions[index]];
			expect(await found(workflow.id, { key: 'deliveryId', value, exactMatch: true })).toEqual(one);
			expect(await found(workflow.id, { key: 'deliveryId', value })).toEqual(one);
			const page = { key: 'pagePath', value: `Größe_${index}` };
			expect(await found(workflow.id, page)).toEqual(one);
		}
		const ofType = await found(workflow.id, { key: 'eventType', value: 'page_create' });
		expect(ofType.toSorted()).toEqual(executions.toSorted());
		expect(await found(workflow.id, { key: 'deliveryId', value: randomUUID() })).toEqual([]);
		await scene.client.deactivate(workflow.id);
	});

	it('an execution whose event was left out is found by the option that has left it out', async () => {
		const filters = { skipDrafts: true };
		const workflow = await scene.published({ events: ['page_create'], filters });
		scene.site.site.createDraft('Coming');
		const [execution] = await scene.client.waitForExecutions(workflow.id, 1);
		expect(execution?.status).toBe('success');
		const leftOut = { key: 'leftOut', value: 'Skip Drafts', exactMatch: true };
		expect(await found(workflow.id, leftOut)).toEqual([execution!.id]);
		await scene.client.deactivate(workflow.id);
	});

	it('the execution of several events is found by each of them', async () => {
		const workflow = await scene.published({ events: ['page_create', 'page_delete'] });
		const deliveryId = randomUUID();
		const all = [event({ page: 'A' }), event({ page: 'B', type: 'page:delete' })].join('');
		await workflow.deliver({ deliveryId, body: `<events>${all}</events>` });
		await scene.client.waitForExecutions(workflow.id, 1);
		for (const value of ['page_create', 'page_delete']) {
			expect(await found(workflow.id, { key: 'eventType', value })).toHaveLength(1);
		}
		for (const value of ['Guides/Page_A', 'Guides/Page_B']) {
			expect(await found(workflow.id, { key: 'pagePath', value })).toHaveLength(1);
		}
		const exact = { key: 'deliveryId', value: deliveryId, exactMatch: true };
		expect(await found(workflow.id, exact)).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
	});
});
