import type { IWebhookFunctions } from 'n8n-workflow';

import type { N8nCode } from './n8n-code.mts';

type Constructor<T> = new (...args: never[]) => T;

/** What n8n gives to `webhook()` of a node in a workflow that it has just read from its database. */
export function webhookContext(
	n8n: N8nCode,
	stored: { nodes: unknown[] },
	node: string,
): IWebhookFunctions {
	const { WebhookContext } = n8n.package<{ WebhookContext: Constructor<IWebhookFunctions> }>(
		'n8n-core',
	);
	const { Workflow } = n8n.package<{
		Workflow: Constructor<{ nodes: Record<string, unknown> }>;
	}>('n8n-workflow');
	const nodeTypes = { getByNameAndVersion: () => ({ description: { properties: [] } }) };
	const data = { ...structuredClone(stored), nodeTypes, active: true };
	const workflow = new Workflow(data as never);
	const args = [workflow, workflow.nodes[node], {}, 'webhook', {}, [], null];
	return new WebhookContext(...(args as never[]));
}
