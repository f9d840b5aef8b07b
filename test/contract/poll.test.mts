import type { IDataObject, INodeProperties, INodeType, IPollFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpertPollingTrigger } from '../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts';
import { pollBudgetMs, type PollReason, pollReason } from '../../nodes/CxoneExpert/n8n/poll.ts';
import { n8nCode, versions, withServices, workflowIn } from '../support/contract/n8n-code.mts';

type Constructor = new (...args: unknown[]) => Record<string, (...args: unknown[]) => unknown>;

interface Core {
	PollContext: new (...args: unknown[]) => IPollFunctions;
}

const node = {
	...{ id: 'node', name: 'Trigger', type: 'cxoneExpertPollingTrigger', typeVersion: 1 },
	...{ position: [0, 0], parameters: { pollTimes: { item: [{ mode: 'everyHour', minute: 5 }] } } },
};

/** A workflow of this n8n with one node of this type. */
function workflowOf(version: string, nodeType: INodeType): unknown {
	return workflowIn(n8nCode(version), { nodes: [node], staticData: {} }, nodeType);
}

/** n8n adds it to polling nodes. */
const pollTimes: INodeProperties = {
	...{ displayName: 'Poll Times', name: 'pollTimes', type: 'fixedCollection', default: {} },
	typeOptions: { multipleValues: true },
	options: [
		{
			...{ name: 'item', displayName: 'Item' },
			values: [
				{ displayName: 'Mode', name: 'mode', type: 'string', default: '' },
				{ displayName: 'Minute', name: 'minute', type: 'number', default: 0 },
			],
		},
	],
};

/** Does nothing, whatever is called. */
const stub: unknown = new Proxy(() => {}, {
	get: (_target, name) => (name === 'then' ? undefined : stub),
	apply: () => undefined,
});

/** Registers the polling node as this n8n does when a workflow is published. */
async function publish(version: string, nodeType: INodeType, mode: string): Promise<() => unknown> {
	const engine = <T,>(file: string) => n8nCode(version).package<T>(`n8n-core/dist/execution-engine/${file}.js`);
	const { TriggersAndPollers } = engine<{ TriggersAndPollers: Constructor }>('triggers-and-pollers');
	const pollers = new TriggersAndPollers();
	let tick: () => unknown = () => {};
	const take = (...args: unknown[]) => void (tick = args.at(-1) as typeof tick);
	const tasks = new Proxy(
		{ register: take, registerCron: take, getTargetIds: () => [] },
		{
			get: (known, name) => (name === 'then' ? undefined : (known[name as keyof typeof known] ?? (() => false))),
		},
	);
	const logger = { debug() {}, warn() {}, info() {}, error() {}, scoped: () => logger };
	const span = { setStatus() {} };
	const run = async (_options: unknown, work: (span: object) => Promise<unknown>) => await work(span);
	const tracing = {
		...{ startSpan: run, startNewTraceSpan: run },
		...{ pickWorkflowAttributes: () => ({}), pickNodeAttributes: () => ({}) },
	};
	const { PollContext } = n8nCode(version).package<Core>('n8n-core');
	const contextOf = (...args: unknown[]) =>
		new PollContext(
			...args,
			() => {},
			() => {},
		);
	const workflow = workflowOf(version, nodeType);
	const isolate = { acquireIsolate: async () => {}, releaseIsolate: async () => {} };
	Object.assign((workflow as { expression: object }).expression, isolate);
	const args = ['workflow', workflow, {}, 'trigger', mode, () => {}, contextOf];
	await withServices(n8nCode(version), {}, async () => {
		if (version.startsWith('2.8.')) {
			const { ActiveWorkflows } = engine<{ ActiveWorkflows: Constructor }>('active-workflows');
			await new ActiveWorkflows(logger, tasks, pollers, stub, tracing).add!(...args);
			return;
		}
		const { PollTriggerExecutor } = engine<{ PollTriggerExecutor: Constructor }>('poll-trigger-executor');
		const { ActiveWorkflowTriggers } = engine<{ ActiveWorkflowTriggers: Constructor }>('active-workflow-triggers');
		const executor = new PollTriggerExecutor(logger, pollers, tracing, stub);
		const triggers = new ActiveWorkflowTriggers(logger, tasks, pollers, stub, executor);
		Object.assign(triggers, { getPollJobManager: () => undefined });
		await triggers.addAllTriggers!(...args);
	});
	return tick;
}

/** A polling node that notes the reasons of its polls. */
function noting(reasons: PollReason[], poll: () => void = () => {}): INodeType {
	const nodeType = new CxoneExpertPollingTrigger();
	nodeType.description.properties = [pollTimes, ...nodeType.description.properties];
	nodeType.poll = async function (this: IPollFunctions) {
		reasons.push(pollReason(this));
		poll();
		return null;
	};
	return nodeType;
}

describe.each(versions)('poll() in n8n %s', (version) => {
	it.each([
		['activate', 'publish'],
		['update', 'update'],
		['init', 'start'],
		['leadershipChange', 'start'],
	] as const)(`n8n ${version} polls once at %s, and with the same context from then on`, async (mode, reason) => {
		const reasons: PollReason[] = [];
		const tick = await publish(version, noting(reasons), mode);
		await tick();
		await expect.poll(() => reasons).toEqual([reason, 'schedule']);
	});

	it(`what the first poll throws stops publishing in n8n ${version}, which shows its message`, async () => {
		const nodeType = noting([], () => {
			throw new Error('Only admins may see deleted pages.');
		});
		await expect(publish(version, nodeType, 'activate')).rejects.toThrow(
			'There was a problem activating the workflow: "Only admins may see deleted pages."',
		);
	});
});

it.each(versions)('n8n %s gives a poll static data of the node, and minutes', async (version) => {
	const { PollContext } = n8nCode(version).package<Core>('n8n-core');
	const workflow = workflowOf(version, new CxoneExpertPollingTrigger());
	const make = async () => new PollContext(workflow, node, {}, 'trigger', 'activate');
	const context = await withServices(n8nCode(version), {}, make);
	context.getWorkflowStaticData('node').cursor = 1;
	const { staticData } = workflow as { staticData: IDataObject };
	expect(staticData.__dataChanged).toBe(true);
	expect(JSON.stringify(staticData)).toBe('{"node:Trigger":{"cursor":1}}');
	expect(pollBudgetMs(context, 'schedule')).toBe(298_000);
});
