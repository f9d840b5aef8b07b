import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BoundedCache } from '../../../nodes/CxoneExpert/shared/bounded-cache.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('BoundedCache', () => {
	it('the oldest entry is evicted when there are too many', () => {
		const cache = new BoundedCache<number>({ maxEntries: 2, ttlMs: Infinity });
		for (const key of ['a', 'b', 'c']) cache.set(key, 1);
		expect(cache.keys()).toEqual(['b', 'c']);
	});

	it('an entry that is set again is the newest', () => {
		const cache = new BoundedCache<number>({ maxEntries: 2, ttlMs: Infinity });
		for (const key of ['a', 'b', 'a', 'c']) cache.set(key, 1);
		expect(cache.keys()).toEqual(['a', 'c']);
	});

	it('an entry is evicted at its age when another is set, not earlier', () => {
		const cache = new BoundedCache<number>({ maxEntries: 9, ttlMs: 1000 });
		cache.set('old', 1);
		vi.advanceTimersByTime(999);
		cache.set('b', 2);
		expect(cache.get('old')).toBe(1);
		vi.advanceTimersByTime(1);
		expect(cache.get('old')).toBe(1);
		cache.set('c', 3);
		expect(cache.get('old')).toBeUndefined();
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

	it('a deleted entry is gone', () => {
		const cache = new BoundedCache<number>({ maxEntries: 1, ttlMs: 1000 });
		cache.set('a', 1);
		expect(cache.has('a')).toBe(true);
		cache.delete('a');
		expect(cache.has('a')).toBe(false);
	});

	it('BoundedCache has room until the next entry would evict one', () => {
		const cache = new BoundedCache<number>({ maxEntries: 2, ttlMs: Infinity });
		cache.set('a', 1);
		expect(cache.hasRoom).toBe(true);
		cache.set('b', 1);
		expect(cache.hasRoom).toBe(false);
	});
});
