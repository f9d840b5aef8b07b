import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import {
	dropOldRows,
	MAX_WAIT_MS,
	recordInRow,
	recordProcessed,
	removeProcessed,
} from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import { counted } from '../../api/expert-error';
import { together } from '../one-at-a-time';
import { nodeKey } from '../../shared/per-node';
import { changeAt } from '../ledger/arrival';
import { ledgerOf } from '../ledger/ledger';
import { isRecoveryEnabled } from '../parameters';
import { addressOf } from '../publish/address';
import { readSite } from '../read-credential';
import { type ChangeName, changeOfItem, permanentKey, spotsOf } from '../watch/change';
import { changesAt } from '../watch/progress';

/*
 * Has this event, or this change, begun in another execution? n8n's store of processed items decides, not what
 * this process knows: in queue mode it knows nothing of the others, and a neighbour in the workflow can put
 * back static data.
 *
 * - The event. Copies of a delivery that reach two processes at the same moment are known to neither, and both
 *   start an execution. In a worker each event has a row of its own, which the first execution to begin with it
 *   has inserted: of two inserts n8n's database lets one succeed, however long a process or a statement takes.
 * - The change that it tells of, which must not come both as delivered and as recovered. Changes share the row
 *   of the node, which has no lock: two workers at the same moment can both let one through, once as delivered
 *   and once marked `recovered`. In one process, executions that wait for the row share a call.
 *
 * A test asks nothing, nor does an execution that a person has run again.
 */

const MINUTE_MS = 60_000;
/** Processes that share the deliveries mark older events, unless they know them: the row may be gone. */
export const KNOWN_BY_WORKERS_MS = 10 * MINUTE_MS;
/** What has waited longer for its execution is marked: its copies may have come and gone. */
const MAX_QUEUED_MS = 15 * MINUTE_MS;
const MAX_CLOCK_SKEW_MS = 5 * MINUTE_MS;
/** The row of an event stays as long as a copy can come unmarked. */
export const ROW_TTL_MS = KNOWN_BY_WORKERS_MS + MAX_QUEUED_MS + MAX_CLOCK_SKEW_MS;

interface FirstItems {
	items: INodeExecutionData[];
	/** Nothing to ask, or n8n's database has said of each whether it has begun elsewhere. */
	areKnown: boolean;
}

/** In a worker, the items whose event has not begun elsewhere. What may have is marked. */
export async function withoutCopies(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<FirstItems> {
	if (!isFirstRun(context) || !isWorker(context)) return { items, areKnown: true };
	const beginnings = await Promise.all(beginEach(context, items));
	void dropOldRows(context, items.length).catch(() => {});
	const copies = beginnings.filter((each) => each === 'copy').length;
	const events = counted(copies, 'event was', 'events were');
	const why = `${events} left out: another execution has begun with what was delivered twice`;
	if (copies > 0) tellInOutput(context, why);
	const areKnown = !beginnings.includes('unknown');
	if (!areKnown) {
		context.logger.warn(
			`n8n's database could not say whether an event has run before, so it runs with "redelivered" (node "${context.getNode().name}")`,
		);
	}
	const first = items.flatMap((item, index) => {
		if (beginnings[index] === 'copy') return [];
		return [
			beginnings[index] === 'first' && !isLate(item.json)
				? item
				: withMarks(item, { redelivered: true }),
		];
	});
	return { items: first, areKnown };
}

function isFirstRun(context: IExecuteFunctions): boolean {
	return ['webhook', 'trigger'].includes(context.getMode());
}

/** Where n8n does not say so: what takes deliveries or watches the webhook itself is no worker. */
function isWorker(context: IExecuteFunctions): boolean {
	const process = thisProcess(context);
	if (process !== undefined) return process === 'worker';
	return addressOf(context).served === undefined && ledgerOf(context).isEmpty;
}

/** What was recovered has no copies among deliveries: its change tells. */
function isLate({ receivedAt, recovered }: IDataObject): boolean {
	return recovered !== true && Date.now() - Date.parse(String(receivedAt)) > MAX_QUEUED_MS;
}

/** Another item: n8n may hold on to the one that it gave. */
export function withMarks(item: INodeExecutionData, marks: IDataObject): INodeExecutionData {
	return { ...item, json: { ...item.json, ...marks } };
}

/** For the author of a workflow, who would look in vain for an item. */
export function tellInOutput(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, location: 'outputPane' });
}

/**
 * - `copy`: another execution has begun with this event
 * - `marked`: this one may have, in a worker that was lost; or another one with an event that says the same, and
 *   neither has an id
 */
type Beginning = 'first' | 'copy' | 'marked' | 'unknown';

/** Each event once: what an execution has twice it has from one delivery. */
function beginEach(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Array<Promise<Beginning>> {
	const deadline = performance.now() + MAX_WAIT_MS;
	const begun = new Map<string, Promise<Beginning>>();
	return items.map(({ json }) => {
		const event = eventNameOf(json);
		const beginning = begun.get(event.name) ?? beginBefore(deadline, begin(context, event));
		begun.set(event.name, beginning);
		return beginning;
	});
}

/** Whoever cannot wait goes on, and the event is recorded once n8n's database responds. */
async function beginBefore(deadline: number, beginning: Promise<Beginning>): Promise<Beginning> {
	return (await beforeDeadline(deadline, beginning)) ?? 'unknown';
}

async function begin(
	context: IExecuteFunctions,
	{ name, deliveryId }: EventName,
): Promise<Beginning> {
	const execution = `${name} in ${context.getExecutionId()}`;
	const delivery = deliveryId === undefined ? [] : [`${name} as ${deliveryId}`];
	const fresh = await recordInRow(context, name, [execution, ...delivery], ROW_TTL_MS);
	if (fresh === undefined) return 'unknown';
	if (fresh.has(name)) return 'first';
	const isOther = delivery.some((mark) => fresh.has(mark));
	return fresh.has(execution) && !isOther ? 'copy' : 'marked';
}

interface EventName {
	/** All copies have it, whichever process has taken them. */
	name: string;
	/** Only of an event without an id, which another one may be like: copies of one delivery have this in common. */
	deliveryId?: string;
}

/** Characters of a hash: 132 bits. */
const HASH_CHARS = 22;
/** What differs between copies: how they came, not what Expert has signed. */
const OF_THE_ARRIVAL = ['deliveryId', 'receivedAt', 'redelivered', 'unverified', 'headers'];

/** By the id that Expert gives an event, with its type and time; without an id by all that it says. */
export function eventNameOf(item: IDataObject): EventName {
	const { eventId, eventType, occurredAt } = item;
	if (typeof eventId === 'string') return { name: hashOf([eventId, eventType, occurredAt]) };
	const signed = Object.entries(item).filter(([field]) => !OF_THE_ARRIVAL.includes(field));
	return { name: hashOf(signed), deliveryId: String(item.deliveryId) };
}

function hashOf(parts: unknown[]): string {
	const hash = createHash('sha256').update(JSON.stringify(parts));
	return hash.digest('base64url').slice(0, HASH_CHARS);
}

/**
 * The items without those whose change has come in the other way.
 *
 * @param leftOut what the options have left out: it has not run, so n8n's store does not get to know of it. A
 *   delivery of it is judged anew, and the watch does not recover it again
 */
export async function withoutKnownChanges(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	leftOut: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!isFirstRun(context) || !isRecoveryEnabled(context)) return items;
	const before = memoryOf(context);
	const arrivals = items.map(({ json }) => arrivalOf(context, json));
	// Asked before the row, which would take it for recovered from then on.
	const isKnown = arrivals.map((arrival) => arrival?.isRecovered && before?.has(arrival.change));
	const asked = arrivals.map((arrival, index) => (isKnown[index] ? undefined : arrival));
	const passing = await passingBy(context, asked);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) {
		context.logger.warn(
			`n8n could not say whether a change has come before, so it runs (node "${context.getNode().name}")`,
		);
	}
	// Meanwhile the workflow may have been unpublished.
	const memory = memoryOf(context);
	asked.forEach((arrival, index) => memory?.note(arrival, passing?.[index] !== false));
	for (const { json } of leftOut) memory?.note(arrivalOf(context, json), false);
	const rest = items.filter((_item, index) => !isKnown[index] && passing?.[index] !== false);
	const known = items.length - rest.length;
	const changes = counted(known, 'change was', 'changes were');
	const why = `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	if (known > 0) tellInOutput(context, why);
	return rest;
}

/** A change that an item tells of, and how it has come. */
interface Arrival {
	change: ChangeName;
	isRecovered: boolean;
}

/**
 * `undefined` for what was recovered and is marked: its own execution may have recorded it before. And for what came
 * before the workflow was published: that may be of another site, and is never recovered.
 */
function arrivalOf(context: IExecuteFunctions, json: IDataObject): Arrival | undefined {
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const { publishedAt = 0 } = changesAt(context).progress ?? {};
	const isBefore = change !== undefined && change.at < Math.floor(publishedAt / 1000) * 1000;
	if (change === undefined || isBefore || (isRecovered && json.redelivered === true))
		return undefined;
	return { change, isRecovered };
}

/** The ledger of the process that watches: it need not start again what n8n has stored here. */
function memoryOf(context: IExecuteFunctions) {
	const { progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return undefined;
	const ledger = ledgerOf(context);
	const found = (change: ChangeName) => changeAt(progress.site ?? '', change);
	return {
		/** A change can be delivered while its recovery waits for a free place; n8n's row may have lost it by then. */
		has: (change: ChangeName) => ledger.take(found(change)) === 'known',
		note(arrival: Arrival | undefined, isPassing: boolean) {
			if (arrival === undefined) return;
			const recovered = isPassing ? 'recovered' : 'settled';
			const state = arrival.isRecovered ? recovered : 'done';
			ledger.note(found(arrival.change), state, Math.floor(Date.now() / 1000));
		},
	};
}

/** Which of the items pass by n8n's store; `undefined` when it does not say so in time. */
async function passingBy(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
	if (arrivals.every((arrival) => arrival === undefined)) return arrivals.map(() => true);
	const recorded = recordAtSite(context, arrivals).catch(() => undefined);
	return await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
}

async function recordAtSite(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
	const site = await siteOf(context);
	if (site === undefined) return undefined;
	const marks = arrivals.map((arrival) => marksOf(site, arrival));
	// Two would lose each other's marks. A call that hangs must not hold up those after it.
	return await together(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const recorded = record(context, requests.flat());
		const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
		return requests.map(({ length }) => passing?.splice(0, length));
	});
}

/** Origin of the site whose changes these are. Where the watch is, it knows. */
async function siteOf(context: IExecuteFunctions): Promise<string | undefined> {
	const known = addressOf(context).served && changesAt(context).progress?.site;
	return known ?? (await readSite(context));
}

/** What n8n's store has of an item. */
interface Marks {
	/** Of a recovered change itself. */
	own?: string;
	/** Where delivery and recovery meet, each with a mark that a change has come there in this way. */
	spots: Array<[spot: string, way: string]>;
}

function marksOf(site: string, arrival: Arrival | undefined): Marks {
	if (arrival === undefined) return { spots: [] };
	const { change, isRecovered } = arrival;
	const way = isRecovered ? 'recovered' : 'delivered';
	const spots = spotsOf(site, change, isRecovered);
	return {
		// No spot has this text: without rows of its own, n8n keeps all marks in one.
		...(isRecovered ? { own: `${permanentKey(site, change)} itself` } : {}),
		spots: spots.map((spot) => [spot, `${spot} ${way}`]),
	};
}

/** Recovered changes have a row of their own, so that each is known by itself for long. */
const RECOVERED_ROW = 'recovered';
/** Marks where the watch is, two for a delivered change: memory knows the last 10,000 changes. */
const FEW_MARKS = 1_000;

async function record(context: IExecuteFunctions, marks: Marks[]): Promise<boolean[]> {
	const own = marks.flatMap((each) => each.own ?? []);
	const freshOwn = await recordProcessed(context, own, { row: RECOVERED_ROW });
	// What was recovered before need not meet a delivery once more.
	const isNew = ({ own }: Marks) => own === undefined || freshOwn.delete(own);
	const asked = marks.map((each) => (isNew(each) ? each.spots : undefined));
	const spots = [...new Set(asked.flatMap((each) => each?.flat() ?? []))];
	const isWatched = addressOf(context).served !== undefined;
	const fresh = await recordProcessed(context, spots, isWatched ? { maxMarks: FEW_MARKS } : {});
	const passing = asked.map((each) => each !== undefined && passes(each, fresh));
	// What has not run must not count for its neighbours.
	const undone = asked.flatMap((each, index) => (passing[index] ? [] : (each?.flat() ?? [])));
	await removeProcessed(
		context,
		undone.filter((mark) => fresh.has(mark)),
	);
	return passing;
}

/**
 * A change passes that is new; and one after another that has come in its own way: two of those never meet. Its
 * marks are new to the first that asks for them.
 */
function passes(spots: Marks['spots'], fresh: Set<string>): boolean {
	const isPassing = spots.every(([spot, way]) => fresh.has(spot) || !fresh.has(way));
	if (isPassing) for (const mark of spots.flat()) fresh.delete(mark);
	return isPassing;
}
