import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { workflowVersion } from '../../nodes/CxoneExpert/n8n/workflow-version.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

type Constructor<T> = new (...args: never[]) => T;

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

/** What n8n hands to `webhook()` of a workflow that it has read from its database just now. */
function versionIn(version: string, changes: Partial<typeof published> = {}): string | undefined {
	const { WebhookContext } = n8nCode(version).package<{
		WebhookContext: Constructor<IWebhookFunctions>;
	}>('n8n-core');
	const { Workflow } = n8nCode(version).package<{
		Workflow: Constructor<{ nodes: Record<string, unknown> }>;
	}>('n8n-workflow');
	const nodeTypes = { getByNameAndVersion: () => ({ description: { properties: [] } }) };
	const data = { ...structuredClone({ ...published, ...changes }), nodeTypes, active: true };
	const workflow = new Workflow(data as never);
	const args = [workflow, workflow.nodes.Trigger, {}, 'webhook', {}, [], null];
	return workflowVersion(new WebhookContext(...(args as never[])));
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
