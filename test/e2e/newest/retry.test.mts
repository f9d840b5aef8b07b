import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patientSite } from '../../chaos/patient-site.mts';
import { openProxied, restartBehind } from '../../chaos/proxied.mts';
import { executionItems } from '../../n8n/executions.mts';
import { storedRuns } from '../../n8n/runs.mts';
import type { PublishedTrigger } from '../support/published-trigger.mts';

const letThroughOnce = { resource: 'change', operation: 'letThroughOnce' };
const changedPages = {
	...{ resource: 'page', operation: 'getChangedSince', returnAll: true },
	below: { __rl: true, mode: 'path', value: '' },
	since: '={{ $now.minus({ hours: 1 }).toISO() }}',
};

/** Takes its time with a page that is named so. */
const code = `
const isSlow = JSON.stringify($input.all()).includes('Slow');
if (isSlow) await new Promise((resolve) => setTimeout(resolve, 6000));
return $input.all();`;

describe('an execution that was cut off behind "Let Through Once"', { timeout: 240_000 }, () => {
	let stage: Awaited<ReturnType<typeof openProxied>>;
	beforeAll(async () => (stage = await openProxied(patientSite)));
	afterAll(async () => await stage?.close());

	/** Kills n8n in the last node of the execution with this number, and starts it again. */
	async function killIn(execution: number, workflow: PublishedTrigger) {
		const { scene, proxy } = stage;
		const isRunning = () =>
			storedRuns(scene.database, workflow.id)[execution - 1]?.status === 'running';
		while (!isRunning()) await sleep(50);
		await sleep(2_000);
		await restartBehind(proxy, scene, workflow, 'kill');
		return (await scene.client.failedExecutions(workflow.id)).at(-1)!;
	}

	async function handled(workflow: PublishedTrigger) {
		const executions = await stage.scene.client.executionsWithData(workflow.id);
		return executions.map((execution) => ({
			status: execution.status,
			items: executionItems(execution, 'Next'),
		}));
	}

	it('handles its event when it is retried', async () => {
		const { scene } = stage;
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ actions: [letThroughOnce], code },
		);
		const { pageId } = scene.site.site.createPage('Slow_event');
		await scene.site.idle();
		const cutOff = await killIn(1, workflow);
		expect(cutOff).toMatchObject({ status: 'crashed' });
		await scene.client.retry(cutOff.id);
		const [, retried] = await handled(workflow);
		expect(retried).toEqual({
			status: 'success',
			items: [expect.objectContaining({ page: expect.objectContaining({ id: `${pageId}` }) })],
		});
		await scene.client.deactivate(workflow.id);
	});

	it('handles what a catch-up found when it is retried, and not what was handled before', async () => {
		const { scene } = stage;
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ actions: [changedPages, letThroughOnce], code },
		);
		scene.site.site.createPage('Quick');
		await scene.site.idle();
		await scene.client.waitForExecutions(workflow.id, 1, 60_000);
		const { pageId } = scene.site.site.createPage('Slow_catch-up');
		await scene.site.idle();
		const cutOff = await killIn(2, workflow);
		expect(cutOff).toMatchObject({ status: 'crashed' });
		await scene.client.retry(cutOff.id);
		const runs = await handled(workflow);
		expect(runs.at(-1)).toEqual({
			status: 'success',
			items: [expect.objectContaining({ change: 'created', id: `${pageId}` })],
		});
		await scene.client.deactivate(workflow.id);
	});
});
