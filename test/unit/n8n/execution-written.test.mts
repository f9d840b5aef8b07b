import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { onExecutionWritten, showsWriting } from '../../../nodes/CxoneExpert/n8n/execution-written.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';

describe('onExecutionWritten', () => {
	const tell = vi.fn();
	let item: INodeExecutionData;
	beforeEach(() => {
		clearMemory();
		tell.mockReset();
		item = { json: { eventId: '1' } };
		onExecutionWritten(item, tell);
	});

	it('the callback comes once, and the item is a plain one again', () => {
		expect(showsWriting()).toBe(false);
		for (let look = 0; look < 3; look++) expect(item.binary).toBeUndefined();
		expect(showsWriting()).toBe(true);
		expect(tell).toHaveBeenCalledOnce();
		expect(Object.getOwnPropertyNames(item)).toEqual(['json']);
	});

	it('a later node that looks causes no callback: the trigger stops watching when it runs', async () => {
		const context = {
			getInputData: () => [item],
			getNodeParameter: (name: string) => name !== 'pageDetails',
			getMode: () => 'manual',
			getNode: () => ({ id: 'n' }),
			getWorkflow: () => ({ id: 'w' }),
			getWorkflowDataProxy: () => ({ $execution: { customData: new Map() } }),
		} as unknown as IExecuteFunctions;
		expect(await new CxoneExpertTrigger().execute.call(context)).toEqual([[item]]);
		expect(Object.getOwnPropertyNames(item)).toEqual(['json']);
		expect(item.binary).toBeUndefined();
		expect(showsWriting()).toBe(false);
		expect(tell).not.toHaveBeenCalled();
	});

	it.each([
		['before n8n has looked', false],
		['after n8n has looked', true],
	])('a node can add binary data to the item, %s', (_, isLookedAt) => {
		if (isLookedAt) expect(item.binary).toBeUndefined();
		const binary = { file: { data: 'eA==', mimeType: 'text/plain' } };
		item.binary = binary;
		expect(item).toEqual({ json: { eventId: '1' }, binary });
		expect({ ...item }).toEqual({ json: { eventId: '1' }, binary });
	});
});
