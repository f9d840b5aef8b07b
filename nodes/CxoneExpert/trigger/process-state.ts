import type { IExecuteFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../api/credential';
import type { DeliveryStore, Limits } from './delivery/dedup/delivery-store';
import type { Line } from './delivery/batch/line';
import type { SiteSecrets } from './delivery/signing-hints';
import type { UserIds } from './users/user-ids';

/*
 * Everything that the trigger keeps in memory, in one object. All of it can be lost: a process that
 * starts has none of it.
 */

interface Bound<Value> {
	maxEntries: number;
	/** Age at which an entry is evicted, counted from when it was set last. */
	ttlMs: number;
	/** Whether an entry stays although there are too many. Not when it is too old. */
	isPinned?: (value: Value) => boolean;
}

/** A map that stays small. Setting an entry evicts what is too old or too much, oldest first. */
export class BoundedCache<Value> {
	private readonly bound: Bound<Value>;
	/** Oldest first. Times are ms of the monotonic clock: a wall clock that is set must not count. */
	private readonly entries = new Map<string, { value: Value; setAt: number }>();

	constructor(bound: Bound<Value>) {
		this.bound = bound;
	}

	/** The value as it was set, however old it is. */
	get(key: string): Value | undefined {
		return this.entries.get(key)?.value;
	}

	has(key: string): boolean {
		return this.entries.has(key);
	}

	/** Sets an entry and makes it the newest. */
	set(key: string, value: Value): void {
		const now = performance.now();
		this.entries.delete(key);
		this.entries.set(key, { value, setAt: now });
		this.evict(now, key);
	}

	delete(key: string): void {
		this.entries.delete(key);
	}

	clear(): void {
		this.entries.clear();
	}

	keys(): string[] {
		return [...this.entries.keys()];
	}

	/** @param kept the entry that was set just now */
	private evict(now: number, kept: string): void {
		const { maxEntries, ttlMs, isPinned = () => false } = this.bound;
		for (const [key, { value, setAt }] of this.entries) {
			const isTooOld = now - setAt >= ttlMs;
			if (key === kept || (!isTooOld && this.entries.size <= maxEntries)) return;
			if (isTooOld || !isPinned(value)) this.entries.delete(key);
		}
	}
}

/** What is known of the deliveries of one trigger node, and how much of it is kept. */
export interface OpenedStore {
	store: DeliveryStore;
	limits: Limits;
}

/** Something that was read at a moment, or is being read. */
export interface Reading<Value> {
	/** Ms of the monotonic clock. */
	startedAt: number;
	value: Promise<Value>;
}

export interface CredentialReading extends Reading<ExpertCredential> {
	/** A wrong token has caused it. */
	isForRefusal: boolean;
}

export interface UserIdsReading extends Reading<UserIds> {
	/** Which question it answers. */
	question: string;
}

/** Trigger nodes whose data is kept at the same time. */
const MAX_NODES = 1000;
/** A store whose node receives nothing for this long is evicted; its record stays in static data. */
const STORE_TTL_MS = 24 * 3_600_000;
/**
 * n8n reads and decrypts a credential each time it is asked, and its default expression engine starts
 * a sandbox for that: a third of the cost of a delivery. Deliveries that come together share a reading.
 */
export const CREDENTIAL_TTL_MS = 10_000;
/** The site is asked for its secrets once a minute at most for each node. */
export const SITE_SECRETS_TTL_MS = 60_000;
/** The site is asked again after this, whether it gave an answer or not. */
export const USER_IDS_TTL_MS = 60_000;

/** A line moves on each second; one that does not is evicted, and those in it go on all the same. */
const LINE_TTL_MS = 60_000;

/** Something that n8n is expected to do, and of which the log says once when it does not. */
export type N8nReliance =
	| 'raw body'
	| 'response'
	| 'record in execution'
	| 'shows writing'
	| 'workflow version'
	| 'webhook response';

export const processState = {
	/** By node. A store that knows more than its record is not evicted to make room. */
	deliveryStores: new BoundedCache<OpenedStore>({
		maxEntries: MAX_NODES,
		ttlMs: STORE_TTL_MS,
		isPinned: ({ store }) => !store.isSettled,
	}),
	/** By node and version of its workflow: the deliveries that wait while n8n saves an execution. */
	lines: new BoundedCache<Line>({ maxEntries: MAX_NODES, ttlMs: LINE_TTL_MS }),
	/** By node and credential. */
	credentials: new BoundedCache<CredentialReading>({
		maxEntries: MAX_NODES,
		ttlMs: CREDENTIAL_TTL_MS,
	}),
	/** By node, credential and webhook address. */
	siteSecrets: new BoundedCache<Reading<SiteSecrets>>({
		maxEntries: MAX_NODES,
		ttlMs: SITE_SECRETS_TTL_MS,
	}),
	/** By node: who the users in the filters are, where publishing has not stored it. */
	userIds: new BoundedCache<UserIdsReading>({ maxEntries: MAX_NODES, ttlMs: USER_IDS_TTL_MS }),
	/** Webhook addresses whose last publish failed. */
	unpublishedUrls: new BoundedCache<true>({ maxEntries: MAX_NODES, ttlMs: Infinity }),
	/** What this n8n was seen to do. */
	observed: new Set<N8nReliance>(),
	/** What the log has said already. */
	reported: new Set<N8nReliance>(),
};

/** As in a process that has just started. */
export function clearProcessState(): void {
	for (const part of Object.values(processState)) part.clear();
}

export type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** The key of one node of one workflow. */
export function nodeKey(context: NodeContext, ...details: unknown[]): string {
	return JSON.stringify([context.getWorkflow().id, context.getNode().id, ...details]);
}

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
export function credentialKey(context: NodeContext, ...details: string[]): string {
	return nodeKey(context, context.getNode().credentials?.cxoneExpertApi?.id, ...details);
}
