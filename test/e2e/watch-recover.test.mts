import { expect, it, onTestFinished } from 'vitest';
import { RecoveryScene } from '../support/e2e/recovery.mts';
import { OFTEN } from '../support/e2e/watch.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { withCode } from '../support/n8n/settings.mts';
import { waitUntil } from '../support/wait.mts';

/** More on demand: n8n starts once more for each, which takes a busy machine half a minute. */
const KILLS = Number(process.env.KILLS ?? 2);
const PAGES_PER_KILL = 5;
const TIMEOUT_MS = 1_800_000;

/** An execution for each page, one after the other: a kill meets one of them. */
const ONE_BY_ONE = {
	events: ['page_create'],
	additionalOptions: { ...OFTEN.additionalOptions, deliveriesPerExecution: 'one' },
};
const SLOW = 'await new Promise((resolve) => setTimeout(resolve, 400)); return $input.all();';

it(
	`${PAGES_PER_KILL * KILLS} pages made while a real n8n was away come once each although it is killed ${KILLS} times while it catches up, and late retries of them start nothing`,
	{ timeout: TIMEOUT_MS },
	async () => {
		const recovery = await RecoveryScene.open({}, { ...withCode, N8N_EXPRESSION_ENGINE: 'legacy' });
		onTestFinished(async () => await recovery.close());
		const { database, site } = recovery.scene;
		const workflow = await recovery.published(ONE_BY_ONE, SLOW);
		const numbers = Array.from({ length: PAGES_PER_KILL * KILLS }, (_, index) => index + 1);
		const made = await recovery.whileAway(() => numbers.map((number) => site.site.createPage(`Missed/${number}`)));
		const wanted = made.map(({ pageId }) => `+page_create ${pageId}`).sort();
		for (let kill = 1; kill <= KILLS; kill++) {
			const count = PAGES_PER_KILL * kill - 3;
			const haveCome = () => new Set(recovery.came(workflow)).size >= count;
			await waitUntil(`${count} pages have come`, haveCome, { intervalMs: 20 });
			await recovery.killAndStart(workflow);
		}
		expect((await recovery.until(workflow, wanted)).sort()).toEqual(wanted);
		// What n8n was killed in may stay as it was, in the list of executions.
		const atKills = recovery.openAtKills.map(({ executionId }) => executionId);
		const others = storedRuns(database, workflow.id).filter(({ executionId }) => !atKills.includes(executionId));
		expect(others.filter(({ status }) => status !== 'success')).toEqual([]);

		const ended = await recovery.ended(workflow);
		for (const { pageId, events } of made) {
			if (!ended.includes(`+page_create ${pageId}`)) continue;
			// As Expert does after all: id and signature are new.
			expect((await workflow.deliver({ body: events[0]!.body })).status).toBe(200);
		}
		expect((await recovery.calm(workflow)).sort()).toEqual(wanted);
	},
);
