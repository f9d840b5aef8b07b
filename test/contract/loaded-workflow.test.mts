import { describe, expect, it } from 'vitest';
import { wasRemoved } from '../../nodes/CxoneExpert/n8n/loaded-workflow.ts';
import { n8nCode, versions, type N8nCode } from '../support/contract/n8n-code.mts';
import type { IWebhookFunctions } from 'n8n-workflow';

type Constructor<T> = new (...args: never[]) => T;

/** What n8n gives to `webhook()` of a node in a workflow that it has just read from its database. */
function webhookContext(
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

const published = {
	id: 'workflow',
	nodes: [
		{ id: 'trigger-id', name: 'Trigger' },
		{ id: 'other-id', name: 'Other Trigger' },
		{ id: 'disabled-id', name: 'Disabled Trigger', disabled: true },
	].map((node) => ({ ...node, type: 'node', typeVersion: 1, position: [0, 0], parameters: {} })),
	connections: { Trigger: { main: [[{ node: 'Other Trigger', type: 'main', index: 0 }]] } },
	settings: { timezone: 'UTC' },
	staticData: {},
};

describe.each(versions)('the loaded workflow in n8n %s', (version) => {
	const context = () => webhookContext(n8nCode(version), published, 'Trigger');

	it.each(['trigger-id', 'other-id', 'disabled-id'])(
		`n8n ${version} shows the node %s as part of its workflow`,
		(id) => {
			expect(wasRemoved(context(), id)).toBe(false);
		},
	);

	it(`n8n ${version} shows that a node was removed`, () => {
		expect(wasRemoved(context(), 'removed-id')).toBe(true);
	});
});
