import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeType, IPollFunctions, ITriggerFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { n8nCode, versions, withServices, workflowIn } from '../support/contract/n8n-code.mts';

interface N8nWorkflow {
	getTriggerNodes(): Array<{ id: string }>;
	getPollNodes(): unknown[];
}

interface Core {
	TriggerContext: new (...args: unknown[]) => ITriggerFunctions;
	PollContext: new (...args: unknown[]) => IPollFunctions;
}

interface Tasks {
	register(...args: unknown[]): unknown;
	deregisterGroup?(group: object): void;
	deregisterCrons?(workflowId: string): void;
}

const node = {
	...{ id: 'node', name: 'Trigger', type: 'cxoneExpertTrigger', typeVersion: 1 },
	...{ position: [0, 0], webhookId: 'own-id', parameters: { events: ['page_create'] } },
};

/** A workflow of this n8n with one node of this type. */
function workflowOf(version: string, nodeType: INodeType): N8nWorkflow {
	return workflowIn(n8nCode(version), { nodes: [node] }, nodeType);
}

describe.each(versions)('webhook() and trigger() in one node, in n8n %s', (version) => {
	it(`n8n ${version} takes the node for one that has a webhook and one that has a trigger`, async () => {
		const nodeType = new CxoneExpertTrigger();
		const workflow = workflowOf(version, nodeType);
		expect(workflow.getTriggerNodes()).toMatchObject([{ id: 'node' }]);
		expect(workflow.getPollNodes()).toEqual([]);
		const { WebhookService } = n8nCode(version).module<{
			WebhookService: {
				prototype: { nodeTypes: object; getNodeWebhooks(...args: unknown[]): unknown[] };
			};
		}>('webhooks/webhook.service');
		const service = Object.create(WebhookService.prototype) as typeof WebhookService.prototype;
		service.nodeTypes = { getByNameAndVersion: () => nodeType };
		expect(service.getNodeWebhooks(workflow, node, {}, true)).toMatchObject([
			{ httpMethod: 'POST', node: 'Trigger', path: 'own-id/webhook' },
		]);
	});

	it.each(['TriggerContext', 'PollContext'] as const)(
		`a cron of a %s of n8n ${version} ticks until n8n ends it, and in a leading process only`,
		async (name) => {
			const n8n = n8nCode(version);
			const { ScheduledTaskManager } = n8n.package<{
				ScheduledTaskManager: new (...args: unknown[]) => Tasks;
			}>('n8n-core/dist/execution-engine/scheduled-task-manager.js');
			const logger = { debug() {}, info() {}, warn() {}, scoped: () => logger };
			const instance = { isLeader: true };
			const tasks = new ScheduledTaskManager(instance, logger, { activeInterval: 0 }, {});
			const { [name]: Context } = n8n.package<Core>('n8n-core');
			let ticks = 0;
			await withServices(n8n, { ScheduledTaskManager: tasks as never }, async () => {
				const workflow = workflowOf(version, new CxoneExpertTrigger());
				const context = new Context(workflow, node, {}, 'trigger', 'activate');
				context.helpers.registerCron({ expression: '*/1 * * * * *' }, () => ticks++);
			});
			await expect.poll(() => ticks).toBeGreaterThan(0);
			instance.isLeader = false;
			const whileLeading = ticks;
			await sleep(2500);
			expect(ticks).toBe(whileLeading);
			instance.isLeader = true;
			await expect.poll(() => ticks).toBeGreaterThan(whileLeading);
			tasks.deregisterGroup?.({ type: 'workflow', id: 'workflow' });
			tasks.deregisterCrons?.('workflow');
			const untilEnd = ticks;
			await sleep(2500);
			expect(ticks).toBe(untilEnd);
		},
	);
});
