import { describe, expect, it } from 'vitest';

import { wasRemoved } from '../../nodes/CxoneExpert/n8n/loaded-workflow.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { webhookContext } from '../support/contract/webhook-context.mts';

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
