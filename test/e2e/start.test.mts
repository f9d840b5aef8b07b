import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { n8nVersion, node20N8n } from '../support/n8n/runtime.mts';
import { withEditor } from '../support/n8n/settings.mts';
import { send } from '../support/http.mts';
import { waitUntil } from '../support/wait.mts';
import { Scene } from '../support/e2e/scene.mts';

const isOld = n8nVersion === node20N8n;
const taken = [200, 503];

/** The responses to a delivery that comes as soon as n8n responds at a path. */
const firstResponses: Array<[string, number[]]> = isOld
	? [
			// Says that n8n is ready when the database is, seconds before deliveries are taken.
			['/healthz/readiness', [404]],
			['/rest/settings', taken],
		]
	: [['/healthz/readiness', taken]];

describe('a start of a real n8n', () => {
	let scene: Scene;
	// An old n8n without its editor has no /rest/settings.
	beforeAll(async () => (scene = await Scene.open({}, isOld ? withEditor : {})));
	afterAll(async () => await scene.close());

	it.each(firstResponses)(
		'a delivery sent once a starting n8n responds at %s gets one of %j',
		async (path, statuses) => {
			const workflow = await scene.published({ events: ['page_create'] });
			await scene.n8n.stop();
			const started = scene.n8n.start();
			await responds(path);
			expect(statuses).toContain((await workflow.send()).status);
			await started;
			await scene.client.deactivate(workflow.id);
		},
	);

	it('a webhook that was removed is there again within a minute after a start of n8n', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		await scene.removeAtSite(workflow.webhooks()[0]!.id);
		await scene.n8n.restart();
		// A minute on a machine that has nothing else to do; five more when a call takes too long.
		await expect
			.poll(() => workflow.webhooks(), { timeout: 480_000 })
			.toMatchObject([{ active: true, events: ['Page_Create'] }]);
		await scene.client.deactivate(workflow.id);
		expect(workflow.webhooks()).toEqual([]);
	});

	/**
	 * JSON with 200: while n8n migrates its database it responds to everything with 200 and a text. What
	 * comes at the wrong moment of a start may never get a response.
	 */
	async function responds(path: string) {
		const seen: Record<string, number> = {};
		const isUp = async () => {
			const result = await firstLineOf(path);
			seen[result] = (seen[result] ?? 0) + 1;
			return /^200 .*json/.test(result);
		};
		const options = { intervalMs: 5, timeoutMs: 300_000 };
		await waitUntil(`n8n responds at ${path}`, isUp, options).catch((cause: unknown) => {
			throw new Error(`What came from ${path}: ${JSON.stringify(seen)}`, { cause });
		});
	}

	async function firstLineOf(path: string): Promise<string> {
		try {
			const { status, headers } = await send(scene.n8n.baseUrl + path, { timeoutMs: 2_000 });
			return `${status} ${String(headers['content-type'])}`;
		} catch (error) {
			return String(error);
		}
	}
});
