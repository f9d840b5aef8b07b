import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { withCode } from '../../support/n8n/settings.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { RecoveryScene, unmarked } from '../../support/e2e/recovery.mts';
import { OFTEN } from '../../support/e2e/watch.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';
import { waitUntil } from '../../support/wait.mts';

/*
 * What has run does not run again after a gap, whatever n8n remembers of it: n8n's database decides. With
 * `KNOWN_CHANGES=3000`, as many as an import has. In queue mode: queue.test.mts.
 */
const count = Number(process.env.KNOWN_CHANGES ?? 20);
/** They are recovered one at a time. */
const LONG_MS = 1_800_000;
const LONG = { timeout: 2 * LONG_MS };
const CREATED = { events: ['page_create'] };

/** What the trigger has passed on more than once, recovered or not. */
async function twice(recovery: RecoveryScene, workflow: PublishedTrigger): Promise<string[]> {
	await recovery.calm(workflow);
	const ended = (await recovery.ended(workflow)).map(unmarked);
	return ended.filter((name, index) => ended.indexOf(name) !== index);
}

describe('known changes in an n8n that runs one execution at a time', () => {
	const SLOW = 'await new Promise((resolve) => setTimeout(resolve, 120)); return $input.all();';
	let recovery: RecoveryScene;
	let workflow: PublishedTrigger;
	beforeAll(async () => {
		const env = {
			...withCode,
			N8N_CONCURRENCY_PRODUCTION_LIMIT: '1',
			N8N_EXPRESSION_ENGINE: 'legacy',
		};
		recovery = await RecoveryScene.open(quickPatientSite, env);
	});
	afterAll(async () => await recovery?.close());
	afterEach(async () => await recovery.scene.client.deactivate(workflow.id));

	/** n8n may have stored some of a backlog that Expert has given up; those ran, or are recovered. */
	async function expectOnce(pages: string[]): Promise<void> {
		await recovery.until(workflow, []);
		const all = () => new Set(recovery.came(workflow).map(unmarked)).size >= count;
		await expect.poll(all, { timeout: LONG_MS, interval: 1_000 }).toBe(true);
		expect(await twice(recovery, workflow)).toEqual([]);
		expect((await recovery.fates(workflow, pages)).lost).toEqual([]);
	}

	it(`${count} pages that waited for their turn do not run again after a kill`, LONG, async () => {
		const additionalOptions = { ...OFTEN.additionalOptions, deliveriesPerExecution: 'one' };
		workflow = await recovery.published({ ...CREATED, additionalOptions }, SLOW);
		const pages = recovery.makePages(count, randomUUID());
		await recovery.scene.site.idle();
		await workflow.settled(LONG_MS);
		await recovery.scene.n8n.kill();
		await recovery.scene.n8n.start();
		await expectOnce(pages);
	});

	it(
		`${count} pages do not run again after an older record was put back, and n8n restarted`,
		LONG,
		async () => {
			const { scene } = recovery;
			workflow = await recovery.published(CREATED);
			const first = recovery.makePages(1, randomUUID());
			await recovery.until(workflow, first.map(unmarked));
			await workflow.recorded();
			const before = await scene.client.api<{ staticData: object }>(`/workflows/${workflow.id}`);
			const pages = recovery.makePages(count, randomUUID());
			await scene.site.idle();
			await workflow.settled();
			await scene.client.putWorkflow(workflow.id, before);
			await scene.n8n.kill();
			await scene.n8n.start();
			await expectOnce([...first, ...pages]);
		},
	);

	it(
		`${count} pages that were recovered do not run again where n8n has pruned their executions`,
		LONG,
		async () => {
			const { scene } = recovery;
			workflow = await recovery.published(CREATED);
			const pages = await recovery.whileAway(() => recovery.makePages(count, randomUUID()));
			const known = await recovery.until(workflow, pages, LONG_MS);
			expect(known).toHaveLength(count);
			await scene.n8n.stop();
			new SqliteDatabase(scene.n8n.userFolder).execute('DELETE FROM execution_entity');
			await scene.n8n.start();
			// Each begins once more, and passes nothing on.
			const begun = () => storedRuns(scene.database, workflow.id).length >= count;
			await waitUntil('each page was looked for', begun, { timeoutMs: LONG_MS, intervalMs: 1_000 });
			await workflow.settled(LONG_MS);
			expect(await recovery.ended(workflow)).toEqual([]);
		},
	);
});
