import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionError, executionItems } from '../../support/n8n/executions.mts';
import { Scene, TRIGGER } from '../../support/e2e/scene.mts';

describe('Page Published (First Time) in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => {
		scene = await Scene.share({ createFiresContentUpdate: false });
	});
	afterAll(async () => await scene?.close());

	it('of 20 pages that come at once one that the site cannot read fails alone, and passes when it is retried', async () => {
		const { client, site } = scene;
		const workflow = await scene.published({ events: ['page_published'] });
		site.pauseDeliveries();
		const paths = Array.from({ length: 20 }, (_, index) => `Page_${index}`);
		const [bad] = paths.map((path) => site.site.createPage(path));
		site.faults.add({
			match: { path: new RegExp(`/pages/${bad!.pageId}$`) },
			effect: { status: 500 },
		});
		site.resumeDeliveries();
		await site.idle();
		await workflow.settled();
		const executions = await client.executionsWithData(workflow.id);
		const passed = executions.flatMap((each) => executionItems(each, 'Next'));
		expect(passed.map(({ page }) => page.path).sort()).toEqual(paths.slice(1).sort());
		const failed = executions.filter(({ status }) => status === 'error');
		expect(failed.map(executionError)).toEqual(['The site could not say whether a new page is a draft']);

		site.faults.clear();
		await client.retry(failed[0]!.id);
		await workflow.settled();
		const retried = (await client.executionsWithData(workflow.id)).at(-1)!;
		expect(retried.status).toBe('success');
		const last = retried.data!.resultData.runData[TRIGGER]!.at(-1)!;
		expect(last.data!.main[0]!.map(({ json }) => json.page.path)).toEqual([paths[0]]);
		expect(executionItems(retried, 'Next').at(-1)).toMatchObject({
			firstPublication: true,
			page: { path: paths[0] },
		});
		await client.deactivate(workflow.id);
	});
});
