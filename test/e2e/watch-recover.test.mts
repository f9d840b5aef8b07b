import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withCode } from '../support/n8n/settings.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import type { Change } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';

/** More on demand: n8n starts once more for each, which takes a busy machine half a minute. */
const kills = Number(process.env.RECOVERY_KILLS ?? 2);
const KILLS = { timeout: 1_800_000 };

const CREATED = { events: ['page_create'] };

describe('recovery of what Expert could not deliver, in a real n8n', () => {
	let recovery: RecoveryScene;
	/** Of all changes, and of new pages only. */
	let everything: PublishedTrigger;
	let created: PublishedTrigger;
	/** What was made before n8n went away, and while it was away. */
	let before: number;
	let during: Change[];
	let gone: number;

	beforeAll(async () => {
		recovery = await RecoveryScene.open({}, { ...withCode, N8N_EXPRESSION_ENGINE: 'legacy' });
		const { site } = recovery.scene.site;
		everything = await recovery.published();
		created = await recovery.published(CREATED);
		before = site.createPage('Before').pageId;
		await recovery.until(everything, [`page_create ${before}`, `pagecontent_update ${before} 1`]);
		await recovery.whileAway(() => {
			during = ['During/Deep', 'During/Other'].map((path) => site.createPage(path));
			site.editPage(before);
			site.editPage(during[0]!.pageId);
			gone = site.createPage('Gone').pageId;
			site.deletePage(gone);
		});
	});
	afterAll(async () => await recovery?.close());

	/** As Expert does after all: id and signature are new. */
	async function deliverLate({ events: [event] }: Change) {
		expect((await created.deliver({ body: event!.body })).status).toBe(200);
	}

	const recoveredPages = () => during.map(({ pageId }) => `+page_create ${pageId}`);

	it('changes made while n8n was away and the webhook disabled come once each, marked', async () => {
		const { site } = recovery.scene.site;
		const [first] = during;
		const recovered = [
			...recoveredPages(),
			...during.map(({ pageId }) => `+pagecontent_update ${pageId} 1`),
			...[before, first!.pageId].map((pageId) => `+pagecontent_update ${pageId} 2`),
			`+page_delete ${gone}`,
		];
		const all = await recovery.until(everything, recovered);
		expect(all.slice(2).sort()).toEqual(recovered.sort());
		expect(everything.webhooks()).toMatchObject([{ active: true }]);

		const { pageId } = site.createPage('After');
		const names = [`page_create ${pageId}`, `pagecontent_update ${pageId} 1`];
		const later = await recovery.until(everything, names);
		expect(later.slice(all.length).sort()).toEqual(names);
		await recovery.scene.client.deactivate(everything.id);
	});

	it(
		`a late retry of what was recovered starts nothing, and ${5 * kills} more changes come once each although n8n is killed ${kills} times while it catches up`,
		KILLS,
		async () => {
			const { client, database } = recovery.scene;
			await recovery.until(created, recoveredPages());
			const [first, second] = during;
			await deliverLate(first!);
			const known = await recovery.calm(created);
			const slowly = 'await new Promise((resolve) => setTimeout(resolve, 400)); return $input.all();';
			const workflow = await recovery.published(CREATED, slowly);
			const wanted = await recovery.whileAway(() => recovery.makePages(5 * kills, 'Killed'));
			const have = async (count: number) => {
				const isSo = () => new Set(recovery.came(workflow)).size >= count;
				await waitUntil(`${count} changes have come`, isSo, { intervalMs: 20 });
			};
			for (let kill = 1; kill <= kills; kill++) {
				await have(5 * kill - 3);
				await recovery.killAndStart(workflow, created);
			}
			await have(wanted.length);
			const runs = () => storedRuns(database, workflow.id);
			// What n8n was killed in may stay as it was.
			const atKills = recovery.openAtKills.map(({ executionId }) => executionId);
			const others = () => runs().filter(({ executionId }) => !atKills.includes(executionId));
			// An orderly stop ends a Code node, too.
			const isOpen = ({ status }: { status: string }) => ['new', 'running'].includes(status);
			await waitUntil('the executions of this n8n have ended', () => !others().some(isOpen));
			const all = await recovery.until(workflow, wanted);
			expect(all.toSorted()).toEqual(wanted.toSorted());
			// What a kill has cut off is in the list of executions.
			expect(others().filter(({ status }) => status !== 'success')).toEqual([]);
			await client.deactivate(workflow.id);

			await deliverLate(second!);
			await recovery.until(created, wanted);
			const later = recovery.came(created).filter((name) => !wanted.includes(name));
			expect(later.sort()).toEqual(known.sort());
		},
	);
});
