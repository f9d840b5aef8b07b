import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { attribute } from '../../../api/xml';
import type { TriggerParameters } from '../../parameters';
import { dropIdsOf } from '../../users/stored-ids';
import type { VerifiedDelivery } from '../authenticate';
import type { Moment } from '../clock';
import type { Message } from '../parse';
import type { DeliveryContext } from '../context';
import type { Claim } from './claim';
import { type Attempt, DeliveryStore, idKey, type Limits, messageKey } from './delivery-store';
import { readRecord } from './record-format';

/** Seconds by which the clocks of n8n and the site may differ when events are told from a restart. */
const EVICTION_GRACE_SECONDS = 3;
/** Seconds for which Expert may go on retrying, at the least: the vendor names no number. */
const RETRY_SECONDS = 3600;
/** Ms after which the store of a node that receives nothing is dropped; its record stays. */
const UNUSED_MS = 24 * 3_600_000;

interface OpenedStore {
	store: DeliveryStore;
	limits: Limits;
	/** Ms of the monotonic clock. */
	usedAt: number;
}

/** The stores of this process by trigger node. */
const stores = new Map<string, OpenedStore>();

/** The store of one trigger node, and its place in workflow static data. */
export interface NodeStore {
	store: DeliveryStore;
	/** Forgets what is too old or too much for this attempt. */
	evict(attempt: Attempt): void;
	/** Writes the record to static data; n8n saves it when the request ends. */
	storeRecord(): void;
}

/**
 * Opens the store of this node: what this process knows, and what was stored before it started.
 *
 * The place is named by node id, so that renaming the node loses nothing. Storing replaces the whole
 * record by what the process knows: another request, or a node that writes static data, may have
 * put back an older state meanwhile (n8n keeps the last writer's), and this heals it. A test
 * ("Listen for test event") remembers nothing: trying the same event twice is what tests are for.
 */
export function openStore({ context, parameters, now }: DeliveryContext): NodeStore {
	const isTest = context.getMode() === 'manual';
	const key = staticDataKey(context);
	const staticData = context.getWorkflowStaticData('global');
	const limits = limitsOf(parameters);
	const store = isTest ? new DeliveryStore() : storeOf(nodeKey(context), limits);
	if (!isTest) store.merge(readRecord(staticData[key], latestSecond(now)));
	return {
		store,
		evict: ({ time }) => {
			store.evict(Math.min(time, earliestSecond(now)), latestSecond(now), limits);
		},
		storeRecord: () => {
			if (isTest) return;
			dropExpiredRecords(staticData, key, now);
			// n8n notices only a new object in this place, not a change inside it.
			staticData[key] = store.record(limits) as unknown as IDataObject;
		},
	};
}

/**
 * Puts the record into the copy of static data that an execution has, as its first step.
 *
 * n8n makes that copy before it saves what the delivery has changed. When a later node writes static
 * data, n8n saves the copy at the end of the execution, over everything: without this step each such
 * execution takes all that is remembered out of the database again.
 *
 * Use `defineProperty`, not assignment: n8n's proxy marks static data as changed on assignment and
 * would then save it after every execution. The record is made when n8n turns the copy into text, if
 * ever, so that it is as new as can be. A worker has no store, and changes nothing.
 */
export function injectRecordIntoExecution(context: IExecuteFunctions): void {
	const opened = stores.get(nodeKey(context));
	if (opened === undefined) return;
	Object.defineProperty(context.getWorkflowStaticData('global'), staticDataKey(context), {
		value: { toJSON: () => opened.store.record(opened.limits) },
		configurable: true,
		enumerable: true,
		writable: true,
	});
}

/**
 * The workflow is unpublished: what its record holds already need not stay in memory. Another writer
 * of static data may have put back an older record, and after a test there is none at hand.
 */
export function dropStore(context: NodeContext & StaticDataContext): void {
	const node = nodeKey(context);
	const opened = stores.get(node);
	if (!opened?.store.isSettled) return;
	const stored = context.getWorkflowStaticData('global')[staticDataKey(context)];
	const known = opened.store.record(opened.limits);
	if (readRecord(stored, Infinity).rows === known.rows) stores.delete(node);
}

type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;
type StaticDataContext = Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

function nodeKey(context: NodeContext): string {
	return `${context.getWorkflow().id}:${context.getNode().id}`;
}

const KEY_PREFIX = 'cxoneExpert:';

/** Named by node id: n8n's own place for a node is lost when the node is renamed. */
function staticDataKey(context: NodeContext): string {
	return `${KEY_PREFIX}${context.getNode().id}`;
}

function storeOf(node: string, limits: Limits): DeliveryStore {
	const usedAt = performance.now();
	for (const [other, opened] of stores) {
		if (opened.usedAt < usedAt - UNUSED_MS) stores.delete(other);
	}
	const store = stores.get(node)?.store ?? new DeliveryStore();
	stores.set(node, { store, limits, usedAt });
	return store;
}

/** What a trigger that is gone has left: n8n would load and save it with each delivery for ever. */
function dropExpiredRecords(staticData: IDataObject, own: string, now: Moment): void {
	for (const key of Object.keys(staticData)) {
		if (!key.startsWith(KEY_PREFIX) || key === own) continue;
		const { expiresAt } = readRecord(staticData[key], latestSecond(now));
		if (expiresAt >= earliestSecond(now)) continue;
		delete staticData[key];
		dropIdsOf(key.slice(KEY_PREFIX.length), staticData);
	}
}

/** What is forgotten within the allowed age would have others of that age refused. */
function limitsOf({ rememberFor, rememberAtMost, maxDeliveryAge }: TriggerParameters): Limits {
	const seconds = Math.max(rememberFor / 1000, maxDeliveryAge);
	return { rememberFor: seconds, rememberAtMost, maxAge: maxDeliveryAge };
}

function earliestSecond({ wall, steady }: Moment): number {
	return Math.floor(Math.min(wall, steady) / 1000);
}

function latestSecond({ wall, steady }: Moment): number {
	return Math.floor(Math.max(wall, steady) / 1000);
}

/** What is remembered of this arrival. */
export function attemptOf(delivery: VerifiedDelivery, now: Moment): Attempt {
	const { deliveryId, signedAt, timestamp, body, isOutsideWindow } = delivery;
	const id = idKey(deliveryId);
	if (signedAt === undefined) {
		// The steady clock: what came while the wall clock was wrong must not look older or newer.
		return { id, time: Math.floor(now.steady / 1000), isOutsideWindow };
	}
	const time = Math.floor(signedAt / 1000);
	return { id, message: messageKey(timestamp, body), time, isOutsideWindow };
}

/** The right to run a delivery. */
export interface ClaimedDelivery {
	claim: Claim;
	/** It may have run before: the item is marked. */
	redelivered: boolean;
	storeRecord: () => void;
}

/**
 * Claims the delivery for this request. While a first copy is being worked on it waits for its end
 * as long as there is time: `done` when that one was saved, a claim when it was not.
 */
export async function claimDelivery(
	{ store, evict, storeRecord }: NodeStore,
	attempt: Attempt,
	message: Message,
	receipt: DeliveryContext,
): Promise<ClaimedDelivery | 'done' | 'busy' | 'too old'> {
	for (;;) {
		const result = store.claim(attempt);
		evict(attempt);
		if (result.kind === 'claimed') {
			const { claim } = result;
			const redelivered = claim.mayHaveRun || mayHaveRunInEarlierProcess(attempt, message, receipt);
			return { claim, redelivered, storeRecord };
		}
		if (result.kind !== 'in progress') return result.kind;
		const settled = await receipt.deadline.within(result.settled.then(() => true));
		if (settled === undefined) {
			result.tellToRetry();
			return 'busy';
		}
	}
}

/** An earlier process can have crashed between saving the execution and saving the record. */
function mayHaveRunInEarlierProcess(
	{ time, message: signed }: Attempt,
	message: Message,
	{ context, now }: DeliveryContext,
): boolean {
	if (context.getMode() === 'manual') return false;
	const events = 'events' in message ? message.events : [undefined];
	const happenedAt = events.map((event) => Date.parse(attribute(event?.xml, 'datetime') ?? ''));
	return mayPredateProcess(happenedAt, signed === undefined ? undefined : time * 1000, now.steady);
}

/**
 * Whether an event may have been received by an earlier process.
 *
 * An event that names no time may be as old as Expert goes on retrying.
 *
 * @param happenedAt unix ms of each event in the delivery; NaN where it names no time
 * @param signedAt unix ms; `undefined` when signatures are not verified
 * @param now unix ms
 * @param startedAt unix ms; the start of this process unless a test says otherwise
 */
export function mayPredateProcess(
	happenedAt: number[],
	signedAt: number | undefined,
	now: number,
	startedAt: number = performance.timeOrigin,
): boolean {
	const times = happenedAt.map((time) => (Number.isNaN(time) ? now - RETRY_SECONDS * 1000 : time));
	if (signedAt !== undefined) times.push(signedAt);
	// Counted from the later clock, so that a site that is ahead does not look younger.
	const age = Math.max(now, ...times) - Math.min(now, ...times);
	return age + EVICTION_GRACE_SECONDS * 1000 >= now - startedAt;
}
