import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { beforeEach, describe, expect, it, vi } from 'vitest';

type Persisted =
	typeof import('../../../../../nodes/CxoneExpert/trigger/delivery/n8n/execution-persisted.ts');

describe('that n8n has written an execution', () => {
	const tell = vi.fn();
	let persisted: Persisted;
	let item: INodeExecutionData;
	beforeEach(async () => {
		// What is known of this n8n is known for the process: each test has one of its own.
		vi.resetModules();
		persisted = await import(
			'../../../../../nodes/CxoneExpert/trigger/delivery/n8n/execution-persisted.ts'
		);
		tell.mockReset();
		item = { json: { eventId: '1' } };
		persisted.onExecutionPersisted(item, tell);
	});

	it('is told at once when n8n looks for binary data', () => {
		expect(item.binary).toBeUndefined();
		expect(tell).toHaveBeenCalledOnce();
	});

	it('is not told when somebody copies the item or turns it into text', () => {
		JSON.stringify(item);
		structuredClone(item);
		expect({ ...item }).toEqual({ json: { eventId: '1' } });
		expect(tell).not.toHaveBeenCalled();
		expect(persisted.showsWriting()).toBe(false);
	});

	it('is told once, and the item is a plain one again', () => {
		for (let look = 0; look < 3; look++) expect(item.binary).toBeUndefined();
		expect(tell).toHaveBeenCalledOnce();
		expect(Object.getOwnPropertyNames(item)).toEqual(['json']);
	});

	it('is told for each item by itself', () => {
		const other: INodeExecutionData = { json: {} };
		const tellOfOther = vi.fn();
		persisted.onExecutionPersisted(other, tellOfOther);
		expect(other.binary).toBeUndefined();
		expect(tell).not.toHaveBeenCalled();
		expect(tellOfOther).toHaveBeenCalledOnce();
	});

	it('is known to be told by this n8n once it has looked, for the whole process', () => {
		expect(persisted.showsWriting()).toBe(false);
		expect(item.binary).toBeUndefined();
		expect(persisted.showsWriting()).toBe(true);
	});

	it('is not told by a later node that looks: the trigger stops watching when it runs', async () => {
		const { CxoneExpertTrigger } = await import(
			'../../../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts'
		);
		const context = {
			getInputData: () => [item],
			getNode: () => ({ id: 'n' }),
			getWorkflow: () => ({ id: 'w' }),
		} as unknown as IExecuteFunctions;
		expect(await new CxoneExpertTrigger().execute.call(context)).toEqual([[item]]);
		expect(Object.getOwnPropertyNames(item)).toEqual(['json']);
		expect(item.binary).toBeUndefined();
		expect(persisted.showsWriting()).toBe(false);
		expect(tell).not.toHaveBeenCalled();
	});

	it('is told by the same functions for all items: with its own, V8 would retain each', () => {
		const other = { json: {} };
		persisted.onExecutionPersisted(other, () => {});
		const [one, two] = [item, other].map((each) => Object.getOwnPropertyDescriptor(each, 'binary'));
		expect(one?.get).toBeTypeOf('function');
		expect(one?.get).toBe(two?.get);
		expect(one?.set).toBe(two?.set);
	});

	it.each([
		['before n8n has looked', false],
		['after n8n has looked', true],
	])('does not keep a node from adding binary data to the item, %s', (_, isLookedAt) => {
		if (isLookedAt) expect(item.binary).toBeUndefined();
		const binary = { file: { data: 'eA==', mimeType: 'text/plain' } };
		item.binary = binary;
		expect(item).toEqual({ json: { eventId: '1' }, binary });
		expect({ ...item }).toEqual({ json: { eventId: '1' }, binary });
	});
});
