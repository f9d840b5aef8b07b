import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultEffect, type Simulator, startSimulator } from '../support/simulator/index.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';

/** A kind of failure for each call of a publish; it lasts until it is cleared. All others: test/tables. */
const failures: Array<[kind: string, call: string, effect: FaultEffect, says: RegExp]> = [
	['a 401', 'GET /webhooks', { status: 401 }, /did not accept the token.*enter the token again/],
	['a 429', 'POST /webhooks', { status: 429, headers: { 'Retry-After': '0' } }, /Wait a minute/],
	['a web page', 'GET /webhooks', { status: 200, body: 'html' }, /web page.*Check the Site URL/],
	['truncated XML', 'GET /webhooks/', { status: 200, body: 'truncated' }, /unexpected/],
	['an empty 200', 'PUT /events/page_move', { status: 200, body: 'empty' }, /Not registered/],
	[
		'a lost response',
		'POST /webhooks',
		{ reset: true, applyThenFail: true },
		/could not be reached while n8n tried to register the webhook\. Check the Site URL/,
	],
];

/** A site of its own for each, so that all of them can be published at the same time. */
interface Try {
	site: Simulator;
	workflow: PublishedTrigger;
	/** Why publishing failed, as n8n shows it. */
	reason: string;
}

describe('a site that fails while a workflow is published, in a real n8n', () => {
	let scene: Scene;
	const tries = new Map<string, Try>();

	beforeAll(async () => {
		scene = await Scene.share();
		await Promise.all(
			failures.map(async ([kind, call, effect]) => {
				tries.set(kind, await publishWith(call, effect));
			}),
		);
	});
	afterAll(async () => {
		await scene.close();
		await Promise.all([...tries.values()].map(async ({ site }) => await site.close()));
	});

	it.each(failures)(
		'publishing that meets %s at %s says what to do, leaves no webhook, and succeeds later',
		async (kind, _call, _effect, says) => {
			const { site, workflow, reason } = tries.get(kind)!;
			expect(reason).toMatch(says);
			expect(reason).toMatch(/while n8n tried to/);
			expect(reason).not.toMatch(/ECONN|ETIMEDOUT|socket|axios|undefined/i);
			expect(site.webhooks()).toEqual([]);
			site.faults.clear();
			await scene.client.activate(workflow.id);
			expect(site.webhooks()).toMatchObject([{ url: workflow.url, active: true }]);
			expect(site.webhooks()[0]!.events.toSorted()).toEqual(['Page_Create', 'Page_Move']);
			await scene.client.deactivate(workflow.id);
			expect(site.webhooks()).toEqual([]);
		},
	);

	it('unpublishing logs a refused removal, and the next publish takes the webhook over', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		scene.site.faults.add({ match: { method: 'DELETE' }, effect: { status: 500 } });
		await scene.client.deactivate(workflow.id);
		scene.site.faults.clear();
		await scene.n8n.waitForLog(new RegExp(`Remove it in the Expert Dashboard: ${workflow.url}`));
		await scene.client.activate(workflow.id);
		expect(workflow.webhooks()).toHaveLength(1);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	async function publishWith(call: string, effect: FaultEffect): Promise<Try> {
		const site = await startSimulator();
		const credential = await scene.client.createCredential(site.url, 'cxoneExpertApi', {
			...scene.secrets,
			siteUrl: site.url,
			longTermToken: site.longTermToken,
		});
		const workflow = await scene.workflow({ events: ['page_create', 'page_move'] }, { credential });
		const [method, path] = call.split(' ');
		site.faults.add({ match: { method, path }, effect });
		return { site, workflow, reason: await reasonAgainst(workflow) };
	}

	/** A busy n8n can come to the end of its own time for a publication before ours. */
	async function reasonAgainst(workflow: PublishedTrigger, tries = 3): Promise<string> {
		const reason = await scene.client.activate(workflow.id, 280_000).then(
			() => 'it was published',
			(error: Error) => error.message,
		);
		const isByN8n = /exceeded its deadline/.test(reason);
		return isByN8n && tries > 1 ? await reasonAgainst(workflow, tries - 1) : reason;
	}
});
