import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { injectIntoCopy, NodeStaticData } from '../../../nodes/CxoneExpert/n8n/static-data.ts';
import {
	type LogLines,
	n8nOf,
	type NodeState,
	nodeState,
} from '../../support/unit/delivery-context.mts';

const NAME = 'cxoneExpertPart';

beforeEach(clearMemory);

/** Static data that notes what is assigned and deleted, as n8n's does. */
function noted(staticData: IDataObject = {}) {
	const changes: string[] = [];
	const proxy = new Proxy(staticData, {
		set: (target, key, value) => (
			changes.push(`set ${String(key)}`),
			Reflect.set(target, key, value)
		),
		deleteProperty: (target, key) => (
			changes.push(`delete ${String(key)}`),
			Reflect.deleteProperty(target, key)
		),
	});
	const node = nodeState({ id: 'own', staticData: proxy });
	return { changes, node, stored: new NodeStaticData(n8nOf(node)) };
}

it.each([
	['the same', { a: 1 }, { a: 1 }, []],
	['something else', { a: 1 }, { a: 2 }, ['set cxoneExpertPart:own']],
	['an empty object over something', { a: 1 }, {}, ['set cxoneExpertPart:own']],
	['anything over nothing', undefined, { a: 1 }, ['set cxoneExpertPart:own']],
])('an update with %s is assigned or not', (_case, before, value, expected) => {
	const { changes, stored } = noted(before && { 'cxoneExpertPart:own': before });
	stored.update(NAME, value);
	expect(changes).toEqual(expected);
});

describe('injectIntoCopy', () => {
	const executionAt = (node: NodeState, log?: LogLines) =>
		n8nOf(node, log) as unknown as IExecuteFunctions;

	it('an injected part can be injected, written and dropped again', () => {
		const { node, stored } = noted();
		injectIntoCopy(executionAt(node), NAME, () => ({ first: true }));
		injectIntoCopy(executionAt(node), NAME, () => ({ second: true }));
		expect(JSON.parse(JSON.stringify(stored.read(NAME)))).toEqual({ second: true });
		stored.write(NAME, { third: true });
		expect(stored.read(NAME)).toEqual({ third: true });
		injectIntoCopy(executionAt(node), NAME, () => ({ fourth: true }));
		stored.drop(NAME);
		expect(stored.read(NAME)).toBeUndefined();
	});

	it('static data that takes no record is reported once and fails nothing', () => {
		const log: LogLines = { info: [], warn: [], error: [] };
		const node = nodeState({ staticData: Object.freeze({}) });
		injectIntoCopy(executionAt(node, log), NAME, () => ({}));
		injectIntoCopy(executionAt(node, log), NAME, () => ({}));
		expect(log).toEqual({
			info: [],
			warn: [
				expect.stringMatching(
					/record of deliveries cannot be put into the static data of an execution/,
				),
			],
			error: [],
		});
	});
});
