import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { reportedReliances } from '../../nodes/CxoneExpert/n8n/report-once.ts';
import { injectIntoCopy, NodeStaticData } from '../../nodes/CxoneExpert/n8n/static-data.ts';
import { n8nCode, versions, workflowIn } from '../support/contract/n8n-code.mts';

beforeEach(() => reportedReliances.clear());

interface N8nWorkflow {
	staticData: IDataObject;
	getStaticData(type: string): IDataObject;
}

type Service = new (...services: unknown[]) => { saveStaticData(workflow: unknown): Promise<void> };

/** A workflow with its column, as this n8n loads and saves it. */
function workflowOf(version: string, column: IDataObject = {}) {
	const n8n = n8nCode(version);
	const { WorkflowStaticDataService } = n8n.module<{ WorkflowStaticDataService: Service }>(
		'workflows/workflow-static-data.service',
	);
	const saved: string[] = [];
	const query = {
		update: () => query,
		set: ({ staticData }: { staticData: IDataObject }) => {
			saved.push(JSON.stringify(staticData));
			return query;
		},
		where: () => query,
		execute: async () => {},
	};
	const logger = { error: (line: string) => saved.push(line), debug: () => {} };
	const repository = { createQueryBuilder: () => query };
	const service = new WorkflowStaticDataService(logger, { error: () => {} }, repository);
	const toWorkflow = (staticData: IDataObject) => workflowIn<N8nWorkflow>(n8n, { staticData });
	const workflow = toWorkflow(column);
	const context = {
		getNode: () => ({ id: 'node' }),
		getWorkflowStaticData: (type: string) => workflow.getStaticData(type),
	} as unknown as IExecuteFunctions;
	const save = async () => await service.saveStaticData(workflow);
	return { workflow, context, save, saved, toWorkflow };
}

const NAME = 'cxoneExpert';
const RECORD = { writer: 'w', forgottenUpTo: 0, expiresAt: 0, rows: '' };

describe.each(versions)('static data in n8n %s', (version) => {
	it(`n8n ${version} saves the whole column when a record was assigned, and no change within it`, async () => {
		const { context, save, saved } = workflowOf(version, { global: { of: 'another node' } });
		const record = { ...RECORD };
		new NodeStaticData(context).write(NAME, record);
		await save();
		expect(saved.map((text) => JSON.parse(text) as unknown)).toEqual([
			{ global: { of: 'another node', 'cxoneExpert:node': RECORD } },
		]);
		record.rows = 'changed';
		await save();
		expect(saved).toHaveLength(1);
	});

	it(`n8n ${version} saves what was deleted`, async () => {
		const { context, save, saved } = workflowOf(version, {
			global: { 'cxoneExpert:node': { ...RECORD }, 'cxoneExpert:removed': { ...RECORD } },
		});
		const stored = new NodeStaticData(context);
		for (const nodeId of stored.otherNodes(NAME)) stored.drop(NAME, nodeId);
		stored.drop(NAME, 'not there');
		await save();
		expect(saved.map((text) => JSON.parse(text) as unknown)).toEqual([{ global: { 'cxoneExpert:node': RECORD } }]);
	});

	it(`n8n ${version} saves nothing that was changed before it made a second workflow object`, async () => {
		const { workflow, context, save, saved, toWorkflow } = workflowOf(version, {
			global: { 'cxoneExpert:node': { ...RECORD } },
		});
		new NodeStaticData(context).write(NAME, { ...RECORD, rows: 'too early' });
		// As n8n does between webhook() and the response.
		toWorkflow(workflow.staticData);
		await save();
		expect(saved).toEqual([]);
		new NodeStaticData(context).write(NAME, { ...RECORD, rows: 'in time' });
		await save();
		expect(saved).toEqual([expect.stringContaining('in time')]);
	});

	it(`n8n ${version} saves an injected record only when a node has written static data`, async () => {
		const { workflow, context, save, saved } = workflowOf(version, { global: {} });
		injectIntoCopy(context, NAME, () => RECORD);
		await save();
		expect(saved).toEqual([]);
		workflow.getStaticData('global').counter = 1;
		await save();
		expect(saved.map((text) => JSON.parse(text) as unknown)).toEqual([
			{ global: { counter: 1, 'cxoneExpert:node': RECORD } },
		]);
		expect(reportedReliances.size).toBe(0);
	});
});
