import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { webhookEndpointInPanel } from '../../nodes/CxoneExpert/n8n/rest-api-url.ts';
import { n8nCode, versions, withServices } from '../support/contract/n8n-code.mts';

/* For the trigger's panel, which shows before publishing at which address n8n receives webhooks. */

type GetBase = () => Promise<object>;
type Context = new (workflow: object, node: object, additional: object, path: string) => ILoadOptionsFunctions;

it.each(versions)('n8n %s tells an open panel its public address, not that of the editor', async (version) => {
	const n8n = n8nCode(version);
	const { getBase } = n8n.module<{ getBase: GetBase }>('workflow-execute-additional-data');
	const { LoadOptionsContext } = n8n.package<{ LoadOptionsContext: Context }>('n8n-core');
	const UrlService = {
		getWebhookBaseUrl: () => 'https://n8n.example.com/prefix/',
		getTestWebhookBaseUrl: () => 'https://n8n.example.com/prefix/',
		getInstanceBaseUrl: () => 'https://editor.example.com',
	};
	const GlobalConfig = { endpoints: { rest: 'rest', webhook: 'webhook' } };
	const VariablesService = { getAllCached: async () => [] };
	const ModuleRegistry = { context: new Map() };
	const services = { UrlService, GlobalConfig, VariablesService, ModuleRegistry };
	const additional = await withServices(n8n, services, getBase);
	const context = new LoadOptionsContext({}, {}, additional, '');
	expect(webhookEndpointInPanel(context)).toBe('https://n8n.example.com/prefix/webhook/');
});
