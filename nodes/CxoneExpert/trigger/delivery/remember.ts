import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { attribute } from '../../transport/xml';
import type { Outcome } from './answer';
import type { Authentic, Envelope } from './authenticate';
import { logNotSaved } from './log';
import { type Claim, DeliveryMemory, idKey, signatureKey, type Sighting } from './memory';
import type { Message } from './read';
import type { Receipt } from './receipt';
import { readRecord } from './record';

/** Seconds by which the clocks of n8n and the site may differ when events are told from a restart. */
const CLOCK_MARGIN = 3;

/** One memory for each trigger node, for as long as the process lives. */
const memories = new Map<string, DeliveryMemory>();

/** The memory of one trigger node, and its place in workflow static data. */
export interface NodeMemory {
	memory: DeliveryMemory;
	refusesAsOld(envelope: Envelope): boolean;
	/** Writes the record to static data; n8n stores it when the request ends. */
	store(): void;
}

/**
 * Opens the memory of this node: what this process knows, and what was stored before it started.
 *
 * The place is named by node id, so that renaming the node loses nothing. Storing replaces the whole
 * record by what the process knows: another request, or a node that writes static data, may have
 * put back an older state meanwhile (n8n keeps the last writer's), and this heals it. A test
 * ("Listen for test event") remembers nothing: trying the same event twice is what tests are for.
 */
export function openMemory({ context, parameters, now }: Receipt): NodeMemory {
	const isTest = context.getMode() === 'manual';
	const place = placeOf(context);
	const staticData = context.getWorkflowStaticData('global');
	const memory = isTest ? new DeliveryMemory() : memoryOf(nodeKey(context));
	memory.merge(readRecord(staticData[place], now));
	memory.forgetOld(now, parameters.rememberFor, parameters.rememberAtMost);
	return {
		memory,
		refusesAsOld: (envelope) => refusesAsOld(memory, envelope),
		store: () => {
			// n8n notices only a new object in this place, not a change inside it.
			if (!isTest) staticData[place] = memory.record() as unknown as IDataObject;
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
 * n8n must not notice: it would save after every execution, also where nobody else writes. It
 * notices what is assigned, not what is defined. The record is made when n8n turns the copy into
 * text, if ever, so that it is as new as can be. A worker knows nothing, and changes nothing.
 */
export function carryRecord(context: IExecuteFunctions): void {
	const memory = memories.get(nodeKey(context));
	if (memory === undefined) return;
	Object.defineProperty(context.getWorkflowStaticData('global'), placeOf(context), {
		value: { toJSON: () => memory.record() },
		configurable: true,
		enumerable: true,
		writable: true,
	});
}

type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

function nodeKey(context: NodeContext): string {
	return `${context.getWorkflow().id}:${context.getNode().id}`;
}

/** Named by node id: n8n's own place for a node is lost when the node is renamed. */
function placeOf(context: NodeContext): string {
	return `cxoneExpert:${context.getNode().id}`;
}

function memoryOf(node: string): DeliveryMemory {
	const memory = memories.get(node) ?? new DeliveryMemory();
	memories.set(node, memory);
	return memory;
}

/** Too old to be told from a replay, unless it is remembered as done (and starts nothing then). */
function refusesAsOld(memory: DeliveryMemory, envelope: Envelope): boolean {
	const { deliveryId, signatures, signedAt, isOutsideWindow } = envelope;
	const old = isOutsideWindow || (signedAt !== undefined && memory.mayHaveForgotten(signedAt));
	return old && !memory.isDone([idKey(deliveryId), ...signatures.map(signatureKey)]);
}

/** The right to run a delivery, and what becomes of it. */
export interface DeliveryClaim extends Outcome {
	/** It may have run before, in a process that is gone: the item is marked. */
	mayHaveRun: boolean;
}

/**
 * Claims the delivery for this request. While a first copy is being worked on it waits for its end
 * as long as there is time: `done` when that one was stored, a claim when it was not.
 */
export async function claimDelivery(
	{ memory, store }: NodeMemory,
	authentic: Authentic,
	message: Message,
	receipt: Receipt,
): Promise<DeliveryClaim | 'done' | 'busy'> {
	const sighting = sightingOf(authentic, receipt.now);
	for (;;) {
		const verdict = memory.claim(sighting);
		if (verdict.kind === 'done') return 'done';
		if (verdict.kind === 'claimed') {
			return {
				mayHaveRun: verdict.mayHaveRun || isOlderThanProcess(authentic, message, receipt),
				...outcomeOf(verdict.claim, store, receipt.context),
			};
		}
		const settled = await receipt.deadline.within(verdict.settled.then(() => true));
		if (settled === undefined) return 'busy';
	}
}

function outcomeOf(claim: Claim, store: () => void, context: IWebhookFunctions): Outcome {
	let isRecorded = false;
	const record = () => {
		if (!isRecorded) store();
		isRecorded = true;
	};
	return {
		written: () => claim.written(),
		storing: () => {
			claim.storing();
			record();
		},
		stored: () => {
			claim.done();
			record();
		},
		notStored: () => {
			// Too late to release it: Expert has our word and does not come again.
			if (!claim.release() && !isRecorded) logNotSaved(context);
		},
	};
}

function sightingOf({ deliveryId, ownSignatures, signedAt }: Authentic, now: number): Sighting {
	return {
		id: idKey(deliveryId),
		signatures: ownSignatures.map(signatureKey),
		time: Math.floor((signedAt ?? now) / 1000),
	};
}

/** An earlier process can have crashed between storing the execution and storing the record. */
function isOlderThanProcess(
	{ signedAt }: Authentic,
	message: Message,
	{ context, now }: Receipt,
): boolean {
	if (context.getMode() === 'manual') return false;
	const events = 'events' in message ? message.events : [];
	const eventTimes = events.map(({ xml }) => Date.parse(attribute(xml, 'datetime') ?? ''));
	return mayPredateProcess([signedAt, ...eventTimes], now);
}

/**
 * Whether something of these times may have been received by an earlier process.
 *
 * @param times unix ms of the event and of the signature; those not known are left out
 * @param now unix ms
 * @param startedAt unix ms; the start of this process unless a test says otherwise
 */
export function mayPredateProcess(
	times: Array<number | undefined>,
	now: number,
	startedAt: number = performance.timeOrigin,
): boolean {
	const known = times.filter((time): time is number => time !== undefined && !Number.isNaN(time));
	// Counted from the later clock, so that a site that is ahead does not look younger.
	const age = Math.max(now, ...known) - Math.min(now, ...known);
	return age + CLOCK_MARGIN * 1000 >= now - startedAt;
}
