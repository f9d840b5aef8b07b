import type { INodeExecutionData, IPollFunctions, IWorkflowSettings } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { assertEngine } from '../../nodes/CxoneExpert/n8n/engine.ts';
import { onExecutionWritten } from '../../nodes/CxoneExpert/n8n/execution-written.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

type Class = new (...services: unknown[]) => Record<string, (...args: unknown[]) => unknown>;

const n8n = n8nCode(newestN8n);
const service = (name: string, path: string): Class => n8n.module<Record<string, Class>>(path)[name]!;

const Dispatcher = service('EngineV2Dispatcher', 'services/engine-v2-dispatcher.service');
const PayloadGuard = service('EngineV2PayloadGuard', 'services/engine-v2-payload-guard.service');
const ActiveTriggers = service('EngineV2ActiveTriggers', 'workflows/triggers/engine-v2-active-triggers');

describe.each(versions)('the engine in n8n %s', (version) => {
	it(`n8n ${version} shows a node the settings of its workflow, which name the engine`, () => {
		type Core = Record<'PollContext', new (...args: unknown[]) => IPollFunctions>;
		const { PollContext } = n8nCode(version).package<Core>('n8n-core');
		const contextOf = (settings: IWorkflowSettings) => new PollContext({ settings }, {}, {}, 'trigger', 'activate');
		expect(() => assertEngine(contextOf({}))).not.toThrow();
		expect(() => assertEngine(contextOf({ engineType: 'v1' }))).not.toThrow();
		expect(() => assertEngine(contextOf({ engineType: 'v2' }))).toThrow(/Engine 2.0/);
	});
});

it.each(['webhook', 'trigger', 'manual'])(
	`n8n ${newestN8n} runs a workflow on engine 2.0 if its settings say so (mode %s)`,
	(mode) => {
		const handles = (engineType?: string) => new Dispatcher().handlesWorkflow!({ settings: { engineType } }, mode);
		expect([handles('v2'), handles('v1'), handles()]).toEqual([true, false, false]);
	},
);

it(`engine 2.0 of n8n ${newestN8n} reads binary of the items before it has saved anything`, () => {
	const item: INodeExecutionData = { json: {} };
	let isRead = false;
	onExecutionWritten(item, () => (isRead = true));
	new PayloadGuard().assertNoFiles!([[item]], 'no files');
	expect(isRead).toBe(true);
});

it(`engine 2.0 of n8n ${newestN8n} takes no execution that its trigger waits for, as a recovery does`, () => {
	const emits = (donePromise?: object) => () => new ActiveTriggers().assertSupported!({ donePromise });
	expect(emits()).not.toThrow();
	expect(emits({})).toThrow(/waits for its execution/);
});
