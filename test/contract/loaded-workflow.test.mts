import { describe, expect, it } from 'vitest';
import { loadedNode, wasRemoved } from '../../nodes/CxoneExpert/n8n/loaded-workflow.ts';
import { n8nCode, versions, workflowIn, type N8nCode } from '../support/contract/n8n-code.mts';
import type { ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

type Constructor<T> = new (...args: never[]) => T;

/** What n8n gives to `webhook()` of a node in a workflow that it has just read from its database. */
function webhookContext(n8n: N8nCode, stored: { nodes: unknown[] }, node: string): IWebhookFunctions {
	const { WebhookContext } = n8n.package<{ WebhookContext: Constructor<IWebhookFunctions> }>('n8n-core');
	const workflow = workflowIn<{ nodes: Record<string, unknown> }>(n8n, structuredClone(stored));
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

	it(`n8n ${version} gives a trigger the instance of its class, and another one after an update`, () => {
		const n8n = n8nCode(version);
		const { NodeTypes } = n8n.module<{ NodeTypes: Constructor<object> }>('node-types');
		const load = () => ({ description: { properties: [] } });
		let loaded = load();
		const loader = {
			getNode: () => ({ type: loaded, sourcePath: '' }),
			recognizesNode: () => true,
		};
		const nodeTypes = Object.create(NodeTypes.prototype as object) as object;
		Object.assign(nodeTypes, { loadNodesAndCredentials: loader });
		const { TriggerContext } = n8n.package<{ TriggerContext: Constructor<ITriggerFunctions> }>('n8n-core');
		const workflow = workflowIn<{ nodes: Record<string, unknown> }>(n8n, {
			...published,
			nodeTypes,
		});
		const args = [workflow, workflow.nodes.Trigger, {}, 'trigger', 'activate'];
		const trigger = new TriggerContext(...(args as never[]));
		expect(loadedNode(trigger)).toBe(loaded);
		loaded = load();
		expect(loadedNode(trigger)).toBe(loaded);
	});
});
