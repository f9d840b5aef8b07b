import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	cacheInMemory,
	clearMemory,
	credentialKey,
	nodeKey,
	perNode,
} from '../../../nodes/CxoneExpert/shared/per-node.ts';

const node = (workflow: string, id: string, credential?: string) =>
	({
		getWorkflow: () => ({ id: workflow }),
		getNode: () => ({
			id,
			...(credential && { credentials: { cxoneExpertApi: { id: credential } } }),
		}),
	}) as unknown as IExecuteFunctions;

describe('nodeKey and credentialKey', () => {
	it('keys differ by workflow, node, credential and detail', () => {
		const keys = [
			nodeKey(node('w', 'n')),
			nodeKey(node('w', 'm')),
			nodeKey(node('v', 'n')),
			nodeKey(node('w:n', '')),
			credentialKey(node('w', 'n')),
			credentialKey(node('w', 'n', '1')),
			credentialKey(node('w', 'n', '2')),
		];
		expect(new Set(keys).size).toBe(keys.length);
		expect(nodeKey(node('w', 'n', '1'))).toBe(nodeKey(node('w', 'n', '2')));
	});
});

describe('perNode', () => {
	it('a node gets the value that was made for it first, and each node one of its own', () => {
		const valueOf = perNode(() => ({}));
		const mine = valueOf(node('w', 'n'));
		expect(valueOf(node('w', 'n'))).toBe(mine);
		expect(valueOf(node('w', 'm'))).not.toBe(mine);
	});

	it('of more than a thousand nodes, the one that was asked for last is kept longest', () => {
		const valueOf = perNode(() => ({}));
		const [first, second] = [valueOf(node('w', '0')), valueOf(node('w', '1'))];
		valueOf(node('w', '0'));
		for (let count = 2; count < 1001; count++) valueOf(node('w', `${count}`));
		expect(valueOf(node('w', '0'))).toBe(first);
		expect(valueOf(node('w', '1'))).not.toBe(second);
	});

	it('a pinned value is not evicted to make room', () => {
		const valueOf = perNode(() => ({ isBusy: false }), { isPinned: ({ isBusy }) => isBusy });
		const mine = valueOf(node('w', 'mine'));
		mine.isBusy = true;
		for (let count = 0; count < 1005; count++) valueOf(node('w', `${count}`));
		expect(valueOf(node('w', 'mine'))).toBe(mine);
	});
});

it('clearMemory leaves what a process has that has just started', () => {
	const [valueOf, cache] = [perNode(() => ({})), cacheInMemory<string>()];
	const before = valueOf(node('w', 'n'));
	cache.set('a', 'b');
	clearMemory();
	expect(valueOf(node('w', 'n'))).not.toBe(before);
	expect(cache.keys()).toEqual([]);
});
