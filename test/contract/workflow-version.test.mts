import { describe, expect, it } from 'vitest';

import { workflowVersion } from '../../nodes/CxoneExpert/n8n/workflow-version.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { webhookContext } from '../support/contract/webhook-context.mts';

const published = {
	id: 'workflow',
	nodes: [
		{ name: 'Trigger', parameters: { events: ['page_create'] } },
		{ name: 'Slack', parameters: { text: 'x' } },
	].map((node) => ({ ...node, type: 'node', typeVersion: 1, position: [0, 0] })),
	connections: { Trigger: { main: [[{ node: 'Slack', type: 'main', index: 0 }]] } },
	settings: { timezone: 'UTC' },
	staticData: {},
};

function versionIn(version: string, changes: Partial<typeof published> = {}): string | undefined {
	const workflow = { ...published, ...changes };
	return workflowVersion(webhookContext(n8nCode(version), workflow, 'Trigger'));
}

describe.each(versions)('the version of a workflow in n8n %s', (version) => {
	it(`n8n ${version} shows the same workflow for each request of a version`, () => {
		expect(versionIn(version)).toEqual(expect.any(String));
		expect(versionIn(version)).toBe(versionIn(version));
		expect(versionIn(version, { staticData: { record: 'x' } })).toBe(versionIn(version));
	});

	it.each<[string, Partial<typeof published>]>([
		['node', { nodes: published.nodes.map((node) => ({ ...node, disabled: true })) }],
		['connection', { connections: { Trigger: { main: [[]] } } }],
		['setting', { settings: { timezone: 'Europe/Berlin' } }],
	])(`n8n ${version} shows a %s that was published again`, (_what, changes) => {
		expect(versionIn(version, changes)).not.toBe(versionIn(version));
	});
});
