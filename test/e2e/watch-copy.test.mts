import { cp, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { N8nClient } from '../support/n8n/client.mts';
import { type N8nInstance, startN8n } from '../support/n8n/instance.mts';
import { WatchedScene } from '../support/e2e/watch.mts';
import { waitUntil } from '../support/wait.mts';

describe('a copy of n8n at another address', () => {
	let original: WatchedScene;
	let copy: N8nInstance;
	beforeAll(async () => (original = await WatchedScene.open()));
	afterAll(async () => {
		await copy?.kill();
		await rm(copy?.userFolder ?? '', { recursive: true, force: true });
		await original.scene.close();
	});

	it('a copy of n8n registers nothing by itself, not even when the original is gone', async () => {
		const { scene } = original;
		const workflow = await original.published();
		await original.whole(workflow);
		await scene.n8n.stop();
		copy = await startCopy(scene.n8n.userFolder);
		await copy.waitForLog(/under the address that n8n serves now/);
		await original.checks(2);
		expect(scene.site.webhooks()).toMatchObject([{ url: workflow.url }]);
		await scene.removeAtSite(scene.site.webhooks()[0]!.id);
		await original.checks(3);
		expect(scene.site.webhooks()).toEqual([]);
		expect(copy.log.match(/under the address that n8n serves now/g)).toHaveLength(1);

		// Whoever publishes there wants it.
		const client = new N8nClient(copy.baseUrl);
		await client.login();
		await client.deactivate(workflow.id);
		await client.activate(workflow.id);
		const url = client.productionUrl(workflow.webhookId);
		expect(scene.site.webhooks()).toMatchObject([{ url, active: true }]);
		await scene.removeAtSite(scene.site.webhooks()[0]!.id);
		const isBack = () => scene.site.webhooks()[0]?.events.length === 2;
		await waitUntil('the copy repairs what was published there', isBack);
		await scene.n8n.start();
	});
});

/** What a restored backup is: the same data, another port. */
async function startCopy(folder: string): Promise<N8nInstance> {
	const packageTarball = inject('tarball');
	const userFolder = await mkdtemp(join(dirname(packageTarball), 'copy-'));
	await cp(folder, userFolder, { recursive: true });
	await rm(join(userFolder, 'n8n.log'));
	return await startN8n({ userFolder, packageTarball });
}
