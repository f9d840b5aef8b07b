import type { IWebhookFunctions } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { workflowVersion } from '../../../nodes/CxoneExpert/n8n/workflow-version.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';

const log: string[] = [];
beforeEach(() => {
	clearMemory();
	log.length = 0;
});

const loaded = {
	nodes: { Trigger: { parameters: { events: ['page_create'] } }, Slack: { parameters: {} } },
	connectionsBySourceNode: { Trigger: { main: [[{ node: 'Slack', type: 'main', index: 0 }]] } },
	settings: { timezone: 'UTC' },
};

function versionOf(workflow?: object): string | undefined {
	const logger = { warn: (line: string) => log.push(line) };
	return workflowVersion({ workflow, logger } as unknown as IWebhookFunctions);
}

describe('workflowVersion', () => {
	it('workflowVersion is the same for what n8n has loaded twice', () => {
		const version = versionOf(loaded);
		expect(version).toEqual(expect.stringMatching(/^.{43}$/));
		expect(versionOf(structuredClone(loaded))).toBe(version);
		expect(versionOf({ ...loaded, staticData: { changed: true } })).toBe(version);
	});

	it.each<[string, object]>([
		['a node', { nodes: { ...loaded.nodes, Slack: { parameters: { text: 'x' } } } }],
		['a connection', { connectionsBySourceNode: {} }],
		['a setting', { settings: { timezone: 'Europe/Berlin' } }],
	])('workflowVersion is another one when %s was changed', (_case, change) => {
		expect(versionOf({ ...loaded, ...change })).not.toBe(versionOf(loaded));
	});

	it('workflowVersion is undefined, and the log says so once, where n8n does not show the workflow', () => {
		expect([undefined, {}, { nodes: {} }].map(versionOf)).toEqual([
			undefined,
			undefined,
			undefined,
		]);
		expect(log).toEqual([expect.stringMatching(/each delivery has an execution of its own/)]);
	});
});
