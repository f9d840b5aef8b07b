import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewWorkflow } from '../support/n8n/client.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { Scene } from '../support/e2e/scene.mts';
import { waitFor, waitUntil } from '../support/wait.mts';

describe('the test of the credential, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	/** The node gives a site five seconds, which a busy machine may need. */
	const test = async (changes: object) =>
		await waitFor('the site responds in time', async () => {
			const secrets = { ...scene.secrets, ...changes };
			const tested = await scene.client.testCredential(scene.credential, secrets);
			return /did not respond in time/.test(tested.message) ? undefined : tested;
		});

	it('the credential test accepts a long-term token of an admin', async () => {
		expect(await test({})).toEqual({
			status: 'OK',
			message: expect.stringMatching(
				/^Connected as admin\. The long-term token is valid until 20\d\d-\d\d-\d\d\.$/,
			),
		});
	});

	it('the credential test accepts a server token whose user is typed with or without "="', async () => {
		const { key, secret } = scene.site.serverToken;
		const server = {
			authentication: 'serverToken',
			longTermToken: '',
			tokenKey: key,
			tokenSecret: secret,
		};
		for (const runAsUser of ['admin', '=admin', '1']) {
			expect(await test({ ...server, runAsUser })).toMatchObject({ status: 'OK' });
		}
	});

	it('the credential test fails for a site that cannot be reached', async () => {
		const { status, message } = await test({ siteUrl: 'http://127.0.0.1:1' });
		expect(status).toBe('Error');
		expect(message).toMatch(/could not be reached.*Check the Site URL/);
	});

	it('the credential test fails for a user who is not an admin', async () => {
		const { status, message } = await test({ longTermToken: scene.site.readerJwt });
		expect(status).toBe('Error');
		expect(message).toMatch(/^The user of the token, "reader", does not have the Admin role/);
		expect(await test({ longTermToken: scene.site.readerJwt, signingSecret: '' })).toEqual({
			status: 'OK',
			message,
		});
	});
});

describe('an expression in Run As User, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	it('each item of an execution reads with the rights of the user that it names', async () => {
		const { site, serverToken } = scene.site;
		site.createPage('Salaries');
		site.restrictPage('Salaries', 'Private');
		const credential = await scene.client.createCredential('Asker', 'cxoneExpertApi', {
			...{ ...scene.secrets, authentication: 'serverToken', longTermToken: '' },
			...{ tokenKey: serverToken.key, tokenSecret: serverToken.secret },
			runAsUser: '={{ $json.user }}',
		});
		const [START, READ] = ['Start', 'Read'];
		const page = { __rl: true, mode: 'path', value: 'Salaries' };
		const nodes = [
			{ name: START, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
			{
				...{ name: READ, type: 'n8n-nodes-cxone-expert.cxoneExpert', typeVersion: 1 },
				parameters: { resource: 'page', operation: 'get', page },
				credentials: { cxoneExpertApi: credential },
				onError: 'continueRegularOutput',
			},
		];
		const { id } = await scene.client.createWorkflow({
			name: 'Asker',
			nodes: nodes.map((node) => ({ ...node, id: randomUUID(), position: [0, 0] })),
			connections: { [START]: { main: [[{ node: READ, type: 'main', index: 0 }]] } },
			pinData: { [START]: ['admin', 'reader'].map((user) => ({ json: { user } })) },
		} as unknown as NewWorkflow);
		await scene.client.runFrom(id, START);
		const [execution] = await scene.client.waitForExecutions(id, 1);
		expect(executionItems(execution!, READ)).toMatchObject([
			{ path: 'Salaries' },
			{ error: expect.stringMatching(/^Expert did not allow this \(403\)/) },
		]);
	});
});

describe('a signing secret that is changed while a workflow is published', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	it('a new signing secret is accepted at once, and the old one is rejected soon after', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		expect((await workflow.deliver()).status).toBe(200);
		const data = { ...scene.secrets, signingSecret: 'whsec_new' };
		await scene.client.updateCredential(scene.credential, data);
		expect((await workflow.deliver({ secret: 'whsec_new' })).status).toBe(200);
		let accepted = 2;
		await waitUntil(
			'the old secret is refused',
			async () => {
				const { status } = await workflow.deliver();
				if (status === 200) accepted++;
				return status === 401;
			},
			{ intervalMs: 1000 },
		);
		expect((await workflow.deliver({ secret: 'whsec_new' })).status).toBe(200);
		expect(await workflow.executions(accepted + 1)).toHaveLength(accepted + 1);
	});
});
