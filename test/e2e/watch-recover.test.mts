import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { n8nVersion, node20N8n } from '../support/n8n/runtime.mts';
import { withCode } from '../support/n8n/settings.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import { waitUntil } from '../support/wait.mts';

/** n8n 2.8.4 does not know the key by which n8n 2.41 starts nothing twice, and has no list of publications. */
const isOld = n8nVersion === node20N8n;

/** Each night 20: n8n starts once more for each, which takes a busy machine half a minute. */
const kills = Number(process.env.RECOVERY_KILLS ?? 3);
const KILLS = { timeout: 1_800_000 };

describe('recovery of what Expert could not deliver, in a real n8n', () => {
	let recovery: RecoveryScene;
	let workflow: PublishedTrigger;
	beforeAll(
		async () =>
			(recovery = await RecoveryScene.open({}, { ...withCode, N8N_EXPRESSION_ENGINE: 'legacy' })),
	);
	afterAll(async () => await recovery?.close());
	afterEach(async () => await recovery.scene.client.deactivate(workflow.id));

	it('changes made while n8n was away and the webhook disabled come once each, marked', async () => {
		workflow = await recovery.published();
		const { site } = recovery.scene.site;
		const before = site.createPage('Before').pageId;
		await recovery.until(workflow, [`page_create ${before}`, `pagecontent_update ${before} 1`]);

		const { during, gone } = await recovery.whileAway(() => {
			const during = site.createPage('During/Deep').pageId;
			site.editPage(before);
			site.editPage(during);
			const gone = site.createPage('Gone').pageId;
			site.deletePage(gone);
			return { during, gone };
		});
		const recovered = [
			...[`+page_create ${during}`, `+pagecontent_update ${during} 1`],
			...[`+pagecontent_update ${before} 2`, `+pagecontent_update ${during} 2`],
			`+page_delete ${gone}`,
		];
		const all = await recovery.until(workflow, recovered);
		expect(all.slice(2).sort()).toEqual(recovered.sort());
		expect(workflow.webhooks()).toMatchObject([{ active: true }]);

		const { pageId } = site.createPage('After');
		const names = [`page_create ${pageId}`, `pagecontent_update ${pageId} 1`];
		const later = await recovery.until(workflow, names);
		expect(later.slice(all.length).sort()).toEqual(names);
	});

	it('a late retry of what was recovered gets 200 and starts nothing, also after a kill', async () => {
		workflow = await recovery.published({ events: ['page_create'] });
		const { site } = recovery.scene.site;
		const [first, second] = await recovery.whileAway(() =>
			['Late_1', 'Late_2'].map((path) => site.createPage(path)),
		);
		const names = [first, second].map((change) => `+page_create ${change!.pageId}`);
		await recovery.until(workflow, names);
		expect(await recovery.deliverLate(workflow, first!.events[0]!)).toBe(200);
		await recovery.scene.n8n.restart({ kill: true });
		await workflow.routed();
		expect(await recovery.deliverLate(workflow, second!.events[0]!)).toBe(200);
		expect(await recovery.calm(workflow)).toEqual(names);
	});

	it.skipIf(isOld)(
		'changes made while n8n was away come once each, also when n8n takes its start for a publication',
		async () => {
			workflow = await recovery.published({ events: ['page_create'] });
			const { site } = recovery.scene.site;
			const before = site.createPage('Until_Then').pageId;
			await recovery.until(workflow, [`page_create ${before}`]);
			const { database } = recovery.scene;
			const during = await recovery.whileAway(() => {
				// As n8n does when it looks for triggers that are not running while it ends them.
				database.execute(
					`INSERT INTO workflow_publication_outbox ("workflowId", "publishedVersionId", "status", "reason")
					SELECT id, "activeVersionId", 'pending', 'reconcile' FROM workflow_entity WHERE id = '${workflow.id}'`,
				);
				return site.createPage('Meanwhile').pageId;
			});
			const all = [`page_create ${before}`, `+page_create ${during}`];
			expect(await recovery.until(workflow, all)).toEqual(all);
			const outbox =
				'SELECT status, reason FROM workflow_publication_outbox WHERE "workflowId" = ?';
			expect(database.rows(outbox, workflow.id)).toContainEqual({
				status: 'completed',
				reason: 'reconcile',
			});
		},
	);

	it(
		`${5 * kills} changes come once each although n8n is killed ${kills} times while it catches up`,
		KILLS,
		async () => {
			const slowly =
				'await new Promise((resolve) => setTimeout(resolve, 400)); return $input.all();';
			workflow = await recovery.published({ events: ['page_create'] }, slowly);
			const wanted = await recovery.whileAway(() => recovery.makePages(5 * kills, 'Killed'));
			const have = async (count: number) => {
				const isSo = () => new Set(recovery.came(workflow)).size >= count;
				await waitUntil(`${count} changes have come`, isSo, { intervalMs: 20 });
			};
			for (let kill = 1; kill <= kills; kill++) {
				await have(5 * kill - 3);
				await recovery.killAndStart(workflow);
			}
			await have(wanted.length);
			const runs = () => storedRuns(recovery.scene.database, workflow.id);
			// An orderly stop ends a Code node, too.
			const hasEnded = () => !['new', 'running'].includes(runs().at(-1)!.status);
			await waitUntil('the last execution has ended', hasEnded);
			// What n8n 2.8.4 had written before and not begun can wait until another start.
			await recovery.scene.n8n.restart();
			const all = await recovery.until(workflow, wanted);
			expect([...new Set(all)].sort()).toEqual([...wanted].sort());
			// What a kill has cut off is in the list of executions, and n8n 2.8.4 is given it once more.
			const cutOff = runs().filter(({ status }) => status !== 'success');
			expect(cutOff.length, JSON.stringify(cutOff)).toBeLessThanOrEqual(kills);
			expect(all.length - wanted.length).toBeLessThanOrEqual(isOld ? cutOff.length : 0);
		},
	);
});
