import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { installPackage } from '../support/n8n/pack.mts';
import { n8nVersion, node20N8n } from '../support/n8n/runtime.mts';
import { WatchedScene } from '../support/e2e/watch.mts';

/** Whether n8n calls `trigger()` of what an older version has published when it starts. */
const isCalledAtStart: Array<[name: string, isCalled: boolean, env: Record<string, string>]> = [
	['n8n as it comes', n8nVersion === node20N8n, {}],
	['n8n with the legacy engine', true, { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' }],
];

describe.each(isCalledAtStart.slice(0, n8nVersion === node20N8n ? 1 : 2))(
	'a workflow that a version without a watch has published, in %s',
	(engine, isCalled, env) => {
		let watched: WatchedScene;
		afterAll(async () => await watched?.scene.close());

		it(`an upgraded workflow is watched after ${isCalled ? 'a restart' : 'the next publish'}, and keeps its webhook (${engine})`, async () => {
			watched = await WatchedScene.open({}, env, { packageTarball: await withoutWatch() });
			const { scene } = watched;
			const workflow = await watched.published();
			const { id } = await watched.whole(workflow);
			expect(await watched.isQuiet()).toBe(true);

			await scene.n8n.stop();
			await installPackage(inject('tarball'), scene.n8n.userFolder);
			await scene.n8n.start();
			await workflow.routed();
			if (!isCalled) {
				expect(await watched.isQuiet()).toBe(true);
				await publishSomethingElse(workflow.id);
			}
			await watched.checks(2);
			expect((await watched.whole(workflow)).id).toBe(id);
			await scene.removeAtSite(id);
			await watched.whole(workflow);
			expect((await workflow.deliver()).status).toBe(200);
		});

		async function publishSomethingElse(workflowId: string) {
			const { client } = watched.scene;
			const { nodes } = await client.workflow(workflowId);
			const moved = nodes.map((node) => ({ ...node, position: [100, 100] }));
			await client.updateWorkflow(workflowId, { nodes: moved });
			await client.activate(workflowId);
		}
	},
);

/** The package as it was before the trigger had `trigger()`. */
async function withoutWatch(): Promise<string> {
	const folder = await mkdtemp(join(dirname(inject('tarball')), 'old-'));
	await execa('tar', ['-xzf', inject('tarball'), '-C', folder]);
	const node = join(folder, 'package/dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js');
	await appendFile(node, '\ndelete exports.CxoneExpertTrigger.prototype.trigger;\n');
	const tarball = join(folder, 'old.tgz');
	await execa('tar', ['-czf', tarball, '-C', folder, 'package']);
	await rm(join(folder, 'package'), { recursive: true });
	return tarball;
}
