import type { TriggerParameters } from '../../parameters';
import { nodeKey } from '../../../shared/per-node';
import { openedStores } from '../../opened-stores';
import { storeWatch } from '../../watch/stored';
import type { VerifiedDelivery } from '../verify';
import { type DeliveryContext, isTest } from '../context';
import { beforeDeadline } from '../../../api/deadline';
import type { StaticDataContext } from '../../../n8n/static-data';
import {
	type Attempt,
	DeliveryStore,
	idKey,
	type Limits,
	messageKey,
	type StoreResult,
} from './delivery-store';
import type { Claim } from './claim';
import { StoredRecords } from './stored-records';

/** The deliveries of one trigger node: what this process knows, and its record in static data. */
export interface NodeStore {
	/** Too old to be told from a replay, and not known. */
	isTooOldToVerify(attempt: Attempt): boolean;
	/** Claims a delivery, and evicts what is too old or too much for this attempt. */
	claim(attempt: Attempt): StoreResult;
	/** Another process has stored a record since this one read it first: it takes deliveries, too. */
	isShared: boolean;
	/** Replaces the record in static data by what this process knows. n8n has still to save it. */
	storeRecord(): void;
}

/**
 * Opens the store of this node: what this process knows, and what was stored before it started.
 *
 * Storing replaces the whole record by what the process knows: another request, or a node that writes
 * static data, may have put back an older state meanwhile, and this heals it. A test ("Listen for test
 * event") remembers nothing: trying the same event twice is what tests are for.
 */
export function openStore({ n8n, parameters, now }: DeliveryContext): NodeStore {
	const limits = limitsOf(parameters);
	const second = Math.floor(now / 1000);
	const records = new StoredRecords(n8n);
	const store = isTest(n8n) ? new DeliveryStore() : storeOf(nodeKey(n8n), limits);
	if (!isTest(n8n)) store.merge(records.read(second));
	return {
		isTooOldToVerify: (attempt) => store.isTooOldToVerify(attempt),
		isShared: store.isShared,
		claim: (attempt) => {
			const result = store.claim(attempt);
			store.evict(Math.min(attempt.time, second), second, limits);
			return result;
		},
		storeRecord: () => {
			if (isTest(n8n)) return;
			records.dropExpired(second, second);
			records.write(store.record(limits));
			storeWatch(n8n);
		},
	};
}

/**
 * Drops the store of an unpublished workflow: what its record holds already need not stay in memory.
 * Another writer of static data may have put back an older record, and after a test there is none.
 */
export function dropStore(context: StaticDataContext): void {
	const key = nodeKey(context);
	const opened = openedStores.get(key);
	if (!opened?.store.isSettled) return;
	const stored = new StoredRecords(context).read(Infinity);
	const known = opened.store.record(opened.limits);
	if (stored.rows === known.rows) openedStores.delete(key);
}

/** The store of the node in this process. Also for one that is there: it counts as used. */
function storeOf(key: string, limits: Limits): DeliveryStore {
	const store = openedStores.get(key)?.store ?? new DeliveryStore();
	openedStores.set(key, { store, limits });
	return store;
}

/** What is evicted within the allowed age would have others of that age rejected. */
function limitsOf(parameters: TriggerParameters): Limits {
	const { rememberForMs, maxRemembered, maxDeliveryAgeSeconds } = parameters;
	const rememberForSeconds = Math.max(rememberForMs / 1000, maxDeliveryAgeSeconds);
	return { rememberForSeconds, maxRemembered, maxAgeSeconds: maxDeliveryAgeSeconds };
}

/**
 * What is remembered of this arrival.
 *
 * @param now unix ms
 */
export function attemptOf(delivery: VerifiedDelivery, now: number): Attempt {
	const { deliveryId, signedAt, timestamp, body, isOutsideWindow } = delivery;
	const id = idKey(deliveryId);
	if (signedAt === undefined) return { id, time: Math.floor(now / 1000), isOutsideWindow };
	const time = Math.floor(signedAt / 1000);
	return { id, message: messageKey(timestamp, body), time, isOutsideWindow };
}

/** What a request may do with its delivery. `busy`: the first copy was not done by the deadline. */
export type ClaimResult =
	| { kind: 'claimed'; claim: Claim }
	| { kind: 'done' }
	| { kind: 'busy' }
	| { kind: 'too old' };

/**
 * Claims the delivery for this request. While a first copy is being worked on it waits for the end of
 * that until the deadline: `done` when the first was saved, a claim when it was not.
 */
export async function claimDelivery(
	store: NodeStore,
	attempt: Attempt,
	{ deadline }: Pick<DeliveryContext, 'deadline'>,
): Promise<ClaimResult> {
	for (;;) {
		const result = store.claim(attempt);
		if (result.kind !== 'in progress') return result;
		const settled = await beforeDeadline(
			deadline,
			result.settled.then(() => true),
		);
		if (settled === undefined) {
			result.toldToRetry();
			return { kind: 'busy' };
		}
	}
}
