import type { IExecuteFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	BoundedCache,
	clearProcessState,
	credentialKey,
	nodeKey,
	processState,
} from '../../../nodes/CxoneExpert/trigger/process-state.ts';
import { DeliveryStore } from '../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => {
	clearProcessState();
	vi.useRealTimers();
});

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
});

describe('processState', () => {
	it('every part can be emptied', () => {
		processState.unpublishedUrls.set('https://n8n.example.com/webhook/1', true);
		processState.reported.add('raw body');
		clearProcessState();
		expect(processState.unpublishedUrls.keys()).toEqual([]);
		expect(processState.reported.size).toBe(0);
	});

	it.each([
		'deliveryStores',
		'credentials',
		'siteSecrets',
		'userIds',
		'unpublishedUrls',
		'addresses',
	] as const)('%s has a bound', (part) => {
		const cache = processState[part] as BoundedCache<unknown>;
		const value = part === 'deliveryStores' ? { store: new DeliveryStore() } : {};
		for (let count = 0; count < 1005; count++) cache.set(`${count}`, value);
		expect(cache.keys()).toHaveLength(1000);
		expect(cache.keys()[0]).toBe('5');
	});

	it('the address of a published workflow is not evicted to make room', () => {
		processState.addresses.set('published', { served: { url: 'https://n8n.example.com' } });
		for (let count = 0; count < 1005; count++) processState.addresses.set(`${count}`, {});
		expect(processState.addresses.has('published')).toBe(true);
	});

	it('a store that knows more than its record is not evicted to make room', () => {
		const store = new DeliveryStore();
		store.claim({ id: 'a', time: 1, isOutsideWindow: false });
		const limits = { rememberForSeconds: 1, maxRemembered: 1, maxAgeSeconds: 1 };
		const settled = new DeliveryStore();
		processState.deliveryStores.set('in progress', { store, limits });
		for (let count = 0; count < 1005; count++) {
			processState.deliveryStores.set(`${count}`, { store: settled, limits });
		}
		expect(processState.deliveryStores.has('in progress')).toBe(true);
	});
});

describe('nodeKey and credentialKey', () => {
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
			credentialKey(node('w', 'n', '2'), 'https://n8n.example.com'),
		];
		expect(new Set(keys).size).toBe(keys.length);
		expect(nodeKey(node('w', 'n', '1'))).toBe(nodeKey(node('w', 'n', '2')));
	});
});
