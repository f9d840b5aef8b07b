import type { ITriggerFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { emitOnce } from '../../nodes/CxoneExpert/n8n/emit-once.ts';
import { n8nCode, versions, withServices } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

type Functions = (workflow: object, node: object) => ITriggerFunctions;
interface Maker {
	getExecuteTriggerFunctions(...args: unknown[]): Functions;
}

/** What n8n does with an execution: it saves it, and it runs it to its end. */
interface Fate {
	/** Gives its id. */
	save: (...args: unknown[]) => Promise<string>;
	end?: () => Promise<unknown>;
}

const KEY = 'cxoneExpert:workflow:node:c:371';
const workflow = { id: 'workflow', name: 'Workflow', settings: {}, timezone: 'UTC' };

/** The context of `trigger()` as this n8n makes it, with nothing around it. */
function contextOf(version: string, { save, end = async () => ({}) }: Fate): ITriggerFunctions {
	const n8n = n8nCode(version);
	const { prototype } =
		version === newestN8n
			? n8n.module<{ TriggerExecutionContextFactory: { prototype: Maker } }>(
					'workflows/triggers/trigger-execution-context.factory',
				).TriggerExecutionContextFactory
			: n8n.module<{ ActiveWorkflowManager: { prototype: Maker } }>('active-workflow-manager').ActiveWorkflowManager;
	const silent = { debug() {}, info() {}, warn() {}, error() {} };
	const maker = Object.assign(Object.create(prototype) as Maker, {
		...{ logger: silent, errorReporter: silent, eventService: { emit() {} } },
		workflowStaticDataService: { saveStaticData: async () => {} },
		workflowExecutionService: { runWorkflow: save },
		activeExecutions: { getPostExecutePromise: end },
		engineV2ActiveTriggers: { handles: () => false },
		scheduleTriggerJobRegistrar: { interceptsNode: () => false },
		ownershipService: { getWorkflowProjectCached: async () => ({}) },
	});
	const fresh = async () => workflow;
	return maker.getExecuteTriggerFunctions(
		workflow,
		{},
		'trigger',
		'activate',
		fresh,
	)(workflow, {
		...{ id: 'node', name: 'Trigger', type: 'cxoneExpertTrigger' },
	});
}

async function started(version: string, fate: Fate): Promise<boolean> {
	return await withServices(n8nCode(version), {}, async () =>
		emitOnce(contextOf(version, fate), [{ eventType: 'page_create' }], KEY),
	);
}

describe.each(versions)('what n8n %s does with an execution that a trigger starts', (version) => {
	it(`n8n ${version} says so when the execution has ended, not when emit returns`, async () => {
		const ending = Promise.withResolvers<object>();
		let hasEnded = false;
		const saved = started(version, { save: async () => '42', end: () => ending.promise });
		void saved.then(() => (hasEnded = true));
		for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
		expect(hasEnded).toBe(false);
		ending.resolve({});
		expect(await saved).toBe(true);
	});

	it(`n8n ${version} ${version === newestN8n ? 'hands on' : 'drops'} the key of the execution`, async () => {
		let given: unknown[] = [];
		const save = async (...args: unknown[]) => {
			given = args;
			return '42';
		};
		await started(version, { save });
		expect(given.includes(KEY)).toBe(version === newestN8n);
		expect(given[2]).toMatchObject([[{ json: { eventType: 'page_create' } }]]);
	});
});

describe(`what n8n ${newestN8n} does with an execution that it does not start`, () => {
	it(`n8n ${newestN8n} says so when it could not save the execution`, async () => {
		const save = async () => await Promise.reject(new Error('database is down'));
		expect(await started(newestN8n, { save })).toBe(false);
	});

	it(`n8n ${newestN8n} treats a key that an execution has as done`, async () => {
		const { DuplicateExecutionError } = n8nCode(newestN8n).module<{
			DuplicateExecutionError: new (...args: unknown[]) => Error;
		}>('errors/duplicate-execution.error');
		const save = async () => await Promise.reject(new DuplicateExecutionError(KEY));
		expect(await started(newestN8n, { save })).toBe(true);
	});
});
