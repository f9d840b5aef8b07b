import type { IWebhookFunctions } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { credentialSince } from '../../nodes/CxoneExpert/n8n/credential-cache.ts';
import { clearMemory } from '../../nodes/CxoneExpert/memory.ts';
import { n8nCode, versions, workflowIn } from '../support/contract/n8n-code.mts';

beforeEach(clearMemory);

interface Helper {
	credentialsRepository: unknown;
	getCredentials(credential: unknown, type: string): Promise<{ name: string }>;
}

/** n8n's own reader of credentials over a database that counts what it is asked. */
function readerOf(version: string, database: () => Promise<object>): Helper {
	const { CredentialsHelper } = n8nCode(version).module<{
		CredentialsHelper: { prototype: Helper };
	}>('credentials-helper');
	const helper = Object.create(CredentialsHelper.prototype) as Helper;
	helper.credentialsRepository = { findOneByOrFail: database };
	return helper;
}

function contextOver(helper: Helper): IWebhookFunctions {
	const chosen = { id: '7', name: 'Expert' };
	return {
		getNode: () => ({ id: 'node', credentials: { cxoneExpertApi: chosen } }),
		getWorkflow: () => ({ id: 'workflow' }),
		getCredentials: async (type: string) => await helper.getCredentials(chosen, type),
	} as unknown as IWebhookFunctions;
}

describe.each(versions)('credentials in n8n %s', (version) => {
	const row = (queries: number) => ({
		...{ id: '7', type: 'cxoneExpertApi', data: '', usageScope: 'project' },
		name: `reading ${queries}`,
	});

	it(`n8n ${version} queries its database for each reading and caches nothing`, async () => {
		let queries = 0;
		const context = contextOver(readerOf(version, async () => row(++queries)));
		for (let count = 1; count <= 3; count++) {
			expect(await credentialSince(performance.now() + count, context)).toMatchObject({
				name: `reading ${count}`,
			});
		}
		expect(queries).toBe(3);
	});

	it(`n8n-core of n8n ${version} reads the credential again at each getCredentials`, async () => {
		const n8n = n8nCode(version);
		const { WebhookContext } = n8n.package<{
			WebhookContext: new (...args: unknown[]) => IWebhookFunctions;
		}>('n8n-core');
		let readings = 0;
		const credentials = { cxoneExpertApi: { id: '7', name: 'Expert' } };
		const node = {
			...{ id: 'node', name: 'Trigger', type: 'trigger', typeVersion: 1, position: [0, 0] },
			...{ parameters: {}, credentials },
		};
		const nodeType = {
			description: { properties: [], credentials: [{ name: 'cxoneExpertApi', required: true }] },
		};
		const workflow = workflowIn(n8n, { nodes: [node] }, nodeType);
		const additional = {
			credentialsHelper: {
				getDecrypted: async () => ({ longTermToken: `reading ${++readings}` }),
				isCredentialUsableByNode: () => true,
			},
		};
		const context = new WebhookContext(workflow, node, additional, 'webhook', {}, [], null);
		expect(context.getNode().credentials).toEqual(credentials);
		for (let count = 1; count <= 2; count++) {
			expect(await context.getCredentials('cxoneExpertApi')).toEqual({
				longTermToken: `reading ${count}`,
			});
		}
	});
});
