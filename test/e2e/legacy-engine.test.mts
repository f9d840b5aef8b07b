import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import type { Scene } from '../support/e2e/scene.mts';

/** The only engine of old versions of n8n; newer ones have it for those who ask for it. */
const legacyEngine = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };

describe('the legacy engine, in a real n8n', () => {
	let recovery: RecoveryScene;
	let scene: Scene;
	beforeAll(async () => {
		recovery = await RecoveryScene.open({}, legacyEngine);
		scene = recovery.scene;
	});
	afterAll(async () => await recovery?.close());
	afterEach(() => scene.site.faults.clear());

	it('a refused publish fails at the first try with the reason, and leaves no webhook', async () => {
		const workflow = await scene.workflow({
			events: ['page_create', 'other'],
			additionalEvents: 'no_such_event',
		});
		const calls = scene.site.apiCalls.length;
		await expect(scene.client.activate(workflow.id)).rejects.toThrow(/no_such_event/);
		const made = scene.site.apiCalls.slice(calls).filter(isRegistration);
		expect(made).toHaveLength(1);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('unpublishing succeeds when the site refuses, logs what is left, and publishing finds it', async () => {
		const workflow = await published();
		const { id } = workflow.webhooks()[0]!;
		scene.site.faults.add({ match: { method: 'DELETE' }, effect: { status: 500 } });
		const from = scene.n8n.log.length;
		await scene.client.deactivate(workflow.id);
		await scene.n8n.waitForLog(new RegExp(`A webhook may be left .*${workflow.url}`), from);
		expect((await workflow.send()).status).toBe(404);
		scene.site.faults.clear();
		await scene.client.activate(workflow.id);
		expect(workflow.webhooks()).toMatchObject([{ id, active: true }]);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	it('changes made while n8n was away and the webhook disabled come once each', async () => {
		const workflow = await recovery.published();
		const { during, gone } = await recovery.whileAway(() => {
			const during = scene.site.site.createPage('During').pageId;
			scene.site.site.editPage(during);
			const gone = scene.site.site.createPage('Gone').pageId;
			scene.site.site.deletePage(gone);
			return { during, gone };
		});
		const names = [
			`+page_create ${during}`,
			...[`+pagecontent_update ${during} 2`, `+page_delete ${gone}`],
		];
		expect((await recovery.until(workflow, names)).sort()).toEqual(names.sort());
		expect(workflow.webhooks()).toMatchObject([{ active: true }]);
		await scene.client.deactivate(workflow.id);
	});

	const published = async () => await scene.published({ events: ['page_create'] });
});

function isRegistration({ method, path }: { method: string; path: string }) {
	return method === 'POST' && path.endsWith('/webhooks');
}
