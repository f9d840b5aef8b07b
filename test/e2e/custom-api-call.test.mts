import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential } from '../support/n8n/client.mts';
import { type Execution, executionError, executionItems } from '../support/n8n/executions.mts';
import { authorizationSecrets, type Secret, secretsIn, serverTokenSecrets } from '../support/secret.mts';
import { type Listener, startListener } from '../support/simulator/index.mts';
import { Scene } from '../support/e2e/scene.mts';
import { tracesOf } from '../support/e2e/traces.mts';

const ACTION = 'n8n-nodes-cxone-expert.cxoneExpert';
const CALL = 'Call';

describe('a custom API call, in a real n8n', () => {
	let scene: Scene;
	let other: Listener;
	const credentials: Record<string, Credential> = {};
	const ran: Array<{ id: string }> = [];

	beforeAll(async () => {
		scene = await Scene.share();
		other = await startListener();
		const { key, secret, user } = scene.site.serverToken;
		const server = { authentication: 'serverToken', longTermToken: '' };
		const parts = { tokenKey: key, tokenSecret: secret, runAsUser: user };
		credentials.jwt = scene.credential;
		credentials.serverToken = await scene.client.createCredential('Server', 'cxoneExpertApi', {
			...scene.secrets,
			...server,
			...parts,
		});
	});
	afterAll(async () => {
		await other.close();
		await scene.close();
	});

	/** As the editor of n8n sets it up, for any call of the API that our node does not have. */
	async function request(kind: string, url: string, options = {}): Promise<Execution> {
		const execution = await scene.runNode({
			...{ name: CALL, type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 },
			credentials: { cxoneExpertApi: credentials[kind] },
			parameters: {
				...{ method: 'GET', url, authentication: 'predefinedCredentialType' },
				...{ nodeCredentialType: 'cxoneExpertApi', options },
			},
		});
		ran.push({ id: execution.workflowId });
		return execution;
	}

	const api = (path: string) => `${scene.site.url}/@api/deki/${path}`;
	const textOf = (execution: Execution) => String(executionItems(execution, CALL)[0]?.data);
	/** What was thrown, or became an item, as n8n keeps it. */
	const told = (execution: Execution) => JSON.stringify(execution.data?.resultData);

	it('Custom API Call is a choice among the resources and operations of the action node', async () => {
		const type = await scene.client.nodeType(ACTION);
		const choices = (type?.properties as Array<Record<string, any>>).filter(({ name }) =>
			['resource', 'operation'].includes(name),
		);
		expect(choices.length).toBeGreaterThan(1);
		for (const { options } of choices) {
			expect(options.at(-1)).toMatchObject({
				name: 'Custom API Call',
				value: '__CUSTOM_API_CALL__',
			});
		}
	});

	it('the HTTP Request node offers the credential, which can authenticate', async () => {
		const types = await scene.client.send<Array<Record<string, unknown>>>('GET', '/types/credentials.json');
		const ours = types.find(({ name }) => name === 'cxoneExpertApi');
		// The editor lists what has one of the two; functions arrive as an empty object.
		expect(ours).toHaveProperty('authenticate');
	});

	it.each(['jwt', 'serverToken'])('an HTTP Request node with a %s reads as the user of the token', async (kind) => {
		expect(textOf(await request(kind, api('users/current')))).toMatch(
			/anonymous="false".*<username>admin<\/username>/s,
		);
		expect(scene.site.apiCalls.at(-1)).toMatchObject({ status: 200, user: 'admin' });
	});

	it('an HTTP Request node with the credential sends to no other address', async () => {
		const execution = await request('jwt', other.url);
		expect(executionError(execution)).toBe(`The CXone Expert API credential is only for ${scene.site.url}`);
		expect(told(execution)).toContain('The request was not sent');
		const calls = scene.site.apiCalls.length;
		const byName = api('users/current').replace('127.0.0.1', 'localhost');
		expect(executionError(await request('jwt', byName))).toContain('is only for');
		expect([other.received.length, scene.site.apiCalls.length - calls]).toEqual([0, 0]);
	});

	it('an HTTP Request node with the credential follows no redirect, whatever its options say', async () => {
		const follow = { redirect: { redirect: { followRedirects: true, maxRedirects: 5 } } };
		const options = { ...follow, sendCredentialsOnCrossOriginRedirect: true };
		const effect = { status: 302, headers: { Location: other.url }, body: 'empty' } as const;
		scene.site.faults.add({ match: { path: 'files/1' }, effect });
		const execution = await request('jwt', api('files/1'), options);
		scene.site.faults.clear();
		expect(executionError(execution)).toContain('302');
		expect(other.received).toEqual([]);
	});

	it('custom API calls leave no token in what n8n stores', async () => {
		const { secret } = scene.site.serverToken;
		const used = scene.site.apiCalls.map(({ token }) => token);
		const secrets: Secret[] = [
			{ name: 'token secret', value: secret },
			...authorizationSecrets('jwt', scene.site.longTermToken),
			...used.filter((token) => token.startsWith('tkn_')).flatMap((token) => serverTokenSecrets('server token', token)),
		];
		expect(new Set(secrets.map(({ name }) => name)).size).toBe(3);
		const traces = await tracesOf(scene, ran, []);
		for (const [place, content] of Object.entries(traces)) {
			expect(secretsIn(content, secrets), place).toEqual([]);
		}
	});
});
