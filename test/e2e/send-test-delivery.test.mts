import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executionItems } from '../support/n8n/executions.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { passOn, ReverseProxy, withoutHeaders } from '../support/proxy.mts';
import { authorizationSecrets, secretsIn } from '../support/secret.mts';
import { waitFor } from '../support/wait.mts';

const SEND = 'Send a test delivery';
const IN_TIME = 'The response comes within one second';

interface Report extends Record<string, unknown> {
	works: boolean;
	steps: Array<{ step: string; ok: boolean | null }>;
}

describe('Send Test Delivery, in a real n8n behind a proxy with https', () => {
	let proxy: ReverseProxy;
	let scene: Scene;
	let workflows: PublishedTrigger[];

	beforeAll(async () => {
		proxy = await ReverseProxy.open();
		scene = await Scene.open(
			{ acceptSelfSigned: true },
			{ WEBHOOK_URL: proxy.httpsUrl, NODE_EXTRA_CA_CERTS: proxy.authorityFile },
		);
		await proxy.leadTo(scene.n8n.baseUrl);
		workflows = [await scene.published({ events: ['page_create'] }), await scene.published({ events: ['*'] })];
	});
	beforeEach(async () => await proxy.rule(passOn));
	afterAll(async () => {
		await scene?.close();
		await proxy?.close();
	});

	/** Runs the node behind "Execute workflow"; gives its item. */
	async function send(url: string): Promise<Report> {
		const webhook = { __rl: true, mode: 'url', value: url };
		const execution = await scene.runNode({
			...{ name: SEND, type: 'n8n-nodes-cxone-expert.cxoneExpert', typeVersion: 1 },
			parameters: { resource: 'webhook', operation: 'sendTestDelivery', webhook },
			credentials: { cxoneExpertApi: scene.credential },
		});
		const secrets = [
			...authorizationSecrets('jwt', scene.site.longTermToken),
			{ name: 'signing secret', value: scene.site.signingSecret },
			...scene.site.webhooks().flatMap(({ authorizationHeader }) => authorizationSecrets('token', authorizationHeader)),
		];
		expect(secretsIn(JSON.stringify(execution), secrets)).toEqual([]);
		return executionItems(execution, SEND)[0] as Report;
	}

	const urlOf = ({ webhookId }: PublishedTrigger) => `${proxy.httpsUrl}/webhook/${webhookId}/webhook`;
	const failedSteps = ({ steps }: Report) => steps.filter(({ ok }) => ok === false).map(({ step }) => step);

	/** A busy machine responds late now and then, which is not what most of these tests are about. */
	async function sendInTime(url: string): Promise<Report> {
		return await waitFor('a test delivery has its response in time', async () => {
			const item = await send(url);
			const isLate = item.status === 503 || failedSteps(item).includes(IN_TIME);
			return isLate ? undefined : item;
		});
	}

	it('a test delivery passes every step, with chosen events and with All Events', async () => {
		for (const workflow of workflows) {
			const item = await sendInTime(urlOf(workflow));
			expect(item).toMatchObject({ works: true, status: 200, url: urlOf(workflow) });
			expect(item.steps.map(({ ok }) => ok)).toEqual(Array.from({ length: 9 }, () => true));
		}
	});

	it('a test delivery tells of a proxy that strips the header', async () => {
		const [workflow] = workflows as [PublishedTrigger];
		await proxy.rule(withoutHeaders('authorization'));
		const stripped = await sendInTime(urlOf(workflow));
		expect(stripped.whatToDo).toContain('pass on the Authorization header');
		expect(failedSteps(stripped)).toEqual(['The headers come through']);
	});

	it('test deliveries start nothing, and the event that comes next starts its workflow', async () => {
		for (const { id } of workflows) expect(await scene.client.executions(id)).toEqual([]);
		scene.site.emit('page_create');
		for (const { id } of workflows) {
			expect(await scene.items(id, 1)).toMatchObject([[{ eventType: 'page_create' }]]);
		}
	});
});
