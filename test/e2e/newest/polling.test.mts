import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewWorkflow } from '../../support/n8n/client.mts';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { executionError, executionItems } from '../../support/n8n/executions.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { everySeconds } from '../../support/n8n/poll-times.mts';
import { waitFor } from '../../support/wait.mts';

const MINUTES = { timeout: 1_800_000 };

/** Opt-in: n8n's table of tasks says when to poll, and the cursor is stored with the execution. */
const SCHEDULER = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

/** The first call of a poll. */
const SEARCH = /home\/(find|subpages)$/;

describe.each<[string, Record<string, string>, RegExp]>([
	['by its default', {}, /^$/],
	['by its scheduler, with durable cursors', SCHEDULER, /"cxoneExpertPoll":\{.*"site":/],
])('the polling trigger in a real n8n that polls %s', (_case, env, durableCursor) => {
	let scene: Scene;
	let id: string;
	beforeAll(async () => {
		scene = await Scene.open({}, env);
		const node = {
			...{
				id: randomUUID(),
				name: 'Poll',
				type: 'n8n-nodes-cxone-expert.cxoneExpertPollingTrigger',
			},
			...{ typeVersion: 1, position: [0, 0] },
			parameters: {
				pollTimes: everySeconds(10),
				events: ['page_create', 'pagecontent_update', 'page_delete'],
			},
			credentials: { cxoneExpertApi: scene.credential },
		};
		const next = { id: randomUUID(), name: 'Next', type: 'n8n-nodes-base.noOp', typeVersion: 1 };
		({ id } = await scene.client.createWorkflow({
			name: 'Polling',
			nodes: [node, { ...next, position: [220, 0], parameters: {} }],
			connections: { Poll: { main: [[{ node: 'Next', type: 'main', index: 0 }]] } },
		} as NewWorkflow));
		await scene.client.activate(id);
	});
	afterAll(async () => await scene?.close());

	/** What has been passed on, in the order of the executions. */
	async function came(): Promise<string[]> {
		const executions = await scene.client.executionsWithData(id);
		return executions
			.flatMap((each) => (each.data?.resultData.runData.Next ? executionItems(each, 'Next') : []))
			.map(({ eventType, page }) => `${eventType} ${page.id}`);
	}

	async function expectCame(expected: string[]): Promise<void> {
		const all = await waitFor(
			`n8n has passed on ${expected.join(', ')}`,
			async () => {
				const now = await came();
				return now.length >= expected.length ? now : undefined;
			},
			{ intervalMs: 1_000 },
		);
		expect(all).toEqual(expected);
	}

	/** As people see it in n8n's list. */
	async function expectFailed(message: string): Promise<void> {
		const errors = async () => (await scene.client.executionsWithData(id)).map(executionError);
		await expect.poll(errors).toContainEqual(expect.stringContaining(message));
	}

	/** The site responds late, so that the kill meets a poll that has asked. */
	async function killInPoll(): Promise<void> {
		scene.site.faults.add({ match: { path: SEARCH }, effect: { delayMs: 5_000 } });
		const from = scene.site.apiCalls.length;
		const asked = () => scene.site.apiCalls.slice(from).some(({ path }) => SEARCH.test(path));
		await waitFor('a poll has asked', async () => asked() || undefined);
		await scene.n8n.kill();
		scene.site.faults.clear();
		await scene.n8n.start();
	}

	it('what authors do comes once, over a failed poll, an end of n8n and a kill in a poll', MINUTES, async () => {
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/New');
		// Later than its first text.
		site.editPage(pageId, { at: new Date(Date.now() + 4_000) });
		const first = [`page_create ${pageId}`, `pagecontent_update ${pageId}`];
		await expectCame(first);
		scene.site.faults.add({ match: { path: SEARCH }, effect: { status: 500 } });
		await expectFailed('The Expert site returned an unexpected response (500)');
		scene.site.faults.clear();
		await scene.n8n.restart();
		site.deletePage(pageId);
		await expectCame([...first, `page_delete ${pageId}`]);
		const during = site.createPage('During').pageId;
		await killInPoll();
		const after = site.createPage('After').pageId;
		await expectCame([...[...first, `page_delete ${pageId}`], ...[`page_create ${during}`, `page_create ${after}`]]);
		const database = new SqliteDatabase(scene.n8n.userFolder);
		const stored = database.rows<{ cursor: string }>('SELECT cursor FROM poller_state');
		expect(stored.map(({ cursor }) => cursor).join()).toMatch(durableCursor);
	});
});
