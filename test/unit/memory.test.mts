import type { IExecuteFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BoundedCache, cacheReads, credentialKey, nodeKey, perNode } from '../../nodes/CxoneExpert/memory.ts';

const node = (workflow: string, id: string, credential?: string) =>
	({
		getWorkflow: () => ({ id: workflow }),
		getNode: () => ({
			id,
			...(credential && { credentials: { cxoneExpertApi: { id: credential } } }),
		}),
	}) as unknown as IExecuteFunctions;

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

it('of more than a thousand nodes, the one that was asked for last is kept longest', () => {
	const valueOf = perNode(() => ({}));
	const [first, second] = [valueOf(node('w', '0')), valueOf(node('w', '1'))];
	valueOf(node('w', '0'));
	for (let count = 2; count < 1001; count++) valueOf(node('w', `${count}`));
	expect(valueOf(node('w', '0'))).toBe(first);
	expect(valueOf(node('w', '1'))).not.toBe(second);
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('BoundedCache', () => {
	it('an entry is evicted at its age when another is set, not earlier', () => {
		const cache = new BoundedCache<number>({ maxEntries: 9, ttlMs: 1000 });
		cache.set('old', 1);
		vi.advanceTimersByTime(999);
		cache.set('b', 2);
		expect(cache.get('old')).toBe(1);
		vi.advanceTimersByTime(1);
		expect(cache.get('old')).toBeUndefined();
		expect(cache.keys()).toEqual(['old', 'b']);
		cache.set('c', 3);
		expect(cache.keys()).toEqual(['b', 'c']);
	});

	it('a pinned entry makes no room, and is evicted at its age', () => {
		const isPinned = (value: number) => value === 0;
		const cache = new BoundedCache<number>({ maxEntries: 1, ttlMs: 1000, isPinned });
		cache.set('pinned', 0);
		cache.set('b', 1);
		cache.set('c', 2);
		expect(cache.keys()).toEqual(['pinned', 'c']);
		vi.advanceTimersByTime(1000);
		cache.set('d', 3);
		expect(cache.keys()).toEqual(['d']);
	});
});

describe('cacheReads', () => {
	it('cacheReads shares a read in progress, and keeps its value for a while', async () => {
		const cached = cacheReads<string>({ ttlMs: 60_000 });
		const read = vi.fn(async () => 'Ada');
		await Promise.all([cached('a', read), cached('a', read)]);
		expect(await cached('a', read)).toBe('Ada');
		expect(await cached('b', async () => 'Bob')).toBe('Bob');
		expect(read).toHaveBeenCalledTimes(1);
	});

	it('cacheReads gives a failure to all who wait for it, and keeps none', async () => {
		const cached = cacheReads<string>({ ttlMs: 60_000 });
		const read = vi.fn(async () => await Promise.reject<string>(new Error('busy')));
		const both = await Promise.allSettled([cached('a', read), cached('a', read)]);
		expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(read).toHaveBeenCalledTimes(1);
		expect(await cached('a', async () => 'Ada')).toBe('Ada');
	});
});
