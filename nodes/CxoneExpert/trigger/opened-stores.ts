import { cacheInMemory } from '../shared/per-node';
import type { DeliveryStore, Limits } from './delivery/dedup/delivery-store';

/** What is known of the deliveries of one trigger node, and how much of it is kept. */
export interface OpenedStore {
	store: DeliveryStore;
	limits: Limits;
}

/** A store whose node receives nothing for this long is evicted; its record stays in static data. */
const STORE_TTL_MS = 24 * 3_600_000;

/** By node. A store that knows more than its record is not evicted to make room. */
export const openedStores = cacheInMemory<OpenedStore>({
	ttlMs: STORE_TTL_MS,
	isPinned: ({ store }) => !store.isSettled,
});
