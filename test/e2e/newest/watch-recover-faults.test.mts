import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPostgres, startPostgres } from '../../support/n8n/postgres.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { lacks } from '../../support/programs.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { RecoveryScene } from '../../support/e2e/recovery.mts';
import { waitUntil } from '../../support/wait.mts';

const isMissing = lacks({ postgresql: await hasPostgres() });

const slowly = 'await new Promise((resolve) => setTimeout(resolve, 150)); return $input.all();';

/** Each night 20: n8n starts once more for each, which takes a busy machine half a minute. */
const kills = Number(process.env.RECOVERY_KILLS ?? 4);
const KILLS = { timeout: 1_800_000 };

/** A scene that ends with the test. */
async function open(...options: Parameters<typeof RecoveryScene.open>): Promise<RecoveryScene> {
	const recovery = await RecoveryScene.open(...options);
	onTestFinished(async () => await recovery.close());
	return recovery;
}

/** What has come, whether delivered or recovered. */
const changes = (names: string[]) => names.map((name) => name.replace('+', '')).sort();

describe('recovery under faults, in a real n8n', () => {
	it(
		`${5 * kills} changes come once each although n8n is killed ${kills} times while it catches up`,
		KILLS,
		async () => {
			// The quick engine leaves a slow machine time for the work.
			const recovery = await open({}, { ...withCode, N8N_EXPRESSION_ENGINE: 'legacy' });
			const workflow = await recovery.published({ events: ['page_create'] }, slowly);
			const wanted = await recovery.whileAway(() => recovery.makePages(5 * kills, 'Killed'));
			for (let kill = 1; kill <= kills; kill++) {
				const before = recovery.came(workflow).length;
				const isSo = () => recovery.came(workflow).length >= Math.min(before + 1, wanted.length);
				await waitUntil('one more change has come', isSo, { intervalMs: 20 });
				await sleep(Math.random() * 500);
				await recovery.scene.n8n.restart({ kill: true });
			}
			const all = await recovery.until(workflow, wanted);
			expect([...all].sort()).toEqual([...wanted].sort());
			// What a kill has cut off is in the list of executions, where it can be retried.
			const statuses = storedRuns(recovery.scene.database, workflow.id).map(({ status }) => status);
			expect(statuses.filter((status) => !['success', 'crashed'].includes(status))).toEqual([]);
			expect(statuses.filter((status) => status === 'crashed').length).toBeLessThanOrEqual(kills);
		},
	);

	it.each([-30, 30])(
		'changes come once each when the clock of the site is %i minutes off',
		async (minutes) => {
			const recovery = await open({ clockSkewMs: minutes * 60_000 });
			const workflow = await recovery.published({ events: ['page_create'] });
			const { site } = recovery.scene.site;
			// A site that is ahead signs for the future: what it delivers is refused, and recovered.
			const before = `page_create ${site.createPage('Before').pageId}`;
			const arrived = () => changes(recovery.came(workflow)).includes(before);
			await waitUntil('the first change has come', arrived, { timeoutMs: 120_000 });
			// A busy n8n has stored it before it has confirmed it.
			await recovery.calm(workflow);
			const during = await recovery.whileAway(() => recovery.makePages(5, 'During'));
			const all = await recovery.until(workflow, during);
			expect(changes(all)).toEqual(changes([before, ...during]));
		},
	);

	it('nothing is lost when the site cannot tell what was changed, and then can', async () => {
		const recovery = await open();
		const workflow = await recovery.published({ events: ['page_create'] });
		const { faults } = recovery.scene.site;
		const wanted = await recovery.whileAway(() => {
			faults.add({ match: { path: /\/find$/ }, effect: { status: 200, body: 'html' } });
			return recovery.makePages(3, 'Html');
		});
		const isTold = async () => (await recovery.scene.client.executions(workflow.id)).length > 0;
		await waitUntil('a failed execution tells why', isTold, { timeoutMs: 120_000 });
		expect(recovery.came(workflow)).toEqual([]);
		faults.clear();
		expect(await recovery.until(workflow, wanted)).toEqual(wanted);
	});
});

describe.skipIf(isMissing)('recovery on PostgreSQL (needs PostgreSQL)', () => {
	it('on PostgreSQL changes come once each, also when n8n is killed meanwhile', async () => {
		const postgres = await startPostgres();
		onTestFinished(async () => await postgres.stop());
		const recovery = await open({}, withCode, { postgres });
		const workflow = await recovery.published({ events: ['page_create'] }, slowly);
		const wanted = await recovery.whileAway(() => recovery.makePages(10, 'Postgres'));
		await waitUntil('some have come', () => recovery.came(workflow).length >= 3);
		await recovery.scene.n8n.restart({ kill: true });
		expect((await recovery.until(workflow, wanted)).sort()).toEqual([...wanted].sort());
	});
});
