import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Credential, NewWorkflow } from '../support/n8n/client.mts';
import { executionItems } from '../support/n8n/executions.mts';
import type { PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { passOn, ReverseProxy, withoutHeaders } from '../support/proxy.mts';
import { authorizationSecrets, secretsIn } from '../support/secret.mts';
import { waitFor } from '../support/wait.mts';

const START = 'When clicked';
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
	const others: Record<string, Credential> = {};

	beforeAll(async () => {
		proxy = await ReverseProxy.open();
		scene = await Scene.open(
			{ acceptSelfSigned: true },
			{ WEBHOOK_URL: proxy.httpsUrl, NODE_EXTRA_CA_CERTS: proxy.authorityFile },
		);
		await proxy.leadTo(scene.n8n.baseUrl);
		workflows = [
			await scene.published({ events: ['page_create'] }),
			await scene.published({ events: ['*'] }),
		];
		const changes = {
			secret: { signingSecret: 'whsec_of_another_site' },
			token: { deliveryToken: 'Bearer of-another-credential' },
		};
		for (const [name, changed] of Object.entries(changes)) {
			const data = { ...scene.secrets, ...changed };
			others[name] = await scene.client.createCredential(name, 'cxoneExpertApi', data);
		}
	});
	beforeEach(async () => await proxy.rule(passOn));
	afterAll(async () => {
		await scene?.close();
		await proxy?.close();
	});

	/** Runs the node behind "Execute workflow"; gives its item. */
	async function send(url: string, credential = scene.credential): Promise<Report> {
		const start = { name: START, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 };
		const node = { name: SEND, type: 'n8n-nodes-cxone-expert.cxoneExpert', typeVersion: 1 };
		const webhook = { __rl: true, mode: 'url', value: url };
		const parameters = { resource: 'webhook', operation: 'sendTestDelivery', webhook };
		const nodes = [
			{ ...start, parameters: {} },
			{ ...node, parameters, credentials: { cxoneExpertApi: credential } },
		];
		const workflow = await scene.client.createWorkflow({
			name: SEND,
			nodes: nodes.map((each) => ({ ...each, id: randomUUID(), position: [0, 0] })),
			connections: { [START]: { main: [[{ node: SEND, type: 'main', index: 0 }]] } },
		} as unknown as NewWorkflow);
		await scene.client.runFrom(workflow.id, START);
		const [execution] = await scene.client.waitForExecutions(workflow.id, 1);
		const secrets = [
			...authorizationSecrets('jwt', scene.site.longTermToken),
			{ name: 'signing secret', value: scene.site.signingSecret },
			...scene.site
				.webhooks()
				.flatMap(({ authorizationHeader }) => authorizationSecrets('token', authorizationHeader)),
		];
		expect(secretsIn(JSON.stringify(execution), secrets)).toEqual([]);
		return executionItems(execution!, SEND)[0] as Report;
	}

	const urlOf = ({ webhookId }: PublishedTrigger) =>
		`${proxy.httpsUrl}/webhook/${webhookId}/webhook`;
	const failedSteps = ({ steps }: Report) =>
		steps.filter(({ ok }) => ok === false).map(({ step }) => step);

	/** A busy machine responds late now and then, which is not what most of these tests are about. */
	async function sendInTime(...options: Parameters<typeof send>): Promise<Report> {
		return await waitFor('a test delivery has its response in time', async () => {
			const item = await send(...options);
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

	it('a test delivery tells a wrong secret, a wrong token and a proxy that strips the header', async () => {
		const [workflow] = workflows as [PublishedTrigger];
		const wrongSecret = await sendInTime(urlOf(workflow), others.secret);
		expect(wrongSecret.whatToDo).toContain('expects another Signing Secret');
		expect(failedSteps(wrongSecret)).toEqual(['The signature is accepted']);
		const wrongToken = await sendInTime(urlOf(workflow), others.token);
		expect(wrongToken.whatToDo).toContain('another Delivery Token');
		expect(failedSteps(wrongToken)).toEqual([
			'The headers come through',
			'Expert sends the right Authorization',
		]);
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
