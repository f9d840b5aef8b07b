import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { BoundedCache } from '../../../nodes/CxoneExpert/shared/bounded-cache.ts';
import {
	clearProcessState,
	processState,
} from '../../../nodes/CxoneExpert/trigger/process-state.ts';
import { DeliveryStore } from '../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => {
	clearProcessState();
	vi.useRealTimers();
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
		'figures',
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
