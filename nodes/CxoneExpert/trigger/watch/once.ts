import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/time';
import type { XmlElement } from '../../api/xml';
import { counted } from '../../shared/counted';
import { together } from '../../shared/together';
import { beforeDeadline } from '../../api/deadline';
import { MAX_WAIT_MS, recordProcessed } from '../../n8n/processed-items';
import { nodeKey } from '../../shared/node-key';
import { presentMoment } from '../clock';
import { isRecoveryEnabled } from '../parameters';
import { readCredential } from '../read-credential';
import { addressOf } from '../subscription/address';
import { type ChangeName, changeNameOf, editOf, nameOfKey, permanentKey } from './change-key';
import { changesAt } from './node-changes';
import { recoveredKey } from './recovered-event';

/*
 * A change that was delivered must not be recovered as well, nor the other way round. What the watch knows of
 * that lies in static data, which a neighbour in the workflow can put back, and in queue mode no process knows
 * what another one has started. So each execution that a change has started notes it in the row of the node
 * in n8n's store of processed items, and what the row says decides.
 *
 * The row has no lock: two workers at the same moment can both let a change through, once as delivered and
 * once marked `recovered`. In one process the calls of all executions that wait share one.
 */

/** Marks that the row keeps where the watch is, two for a delivered change: memory knows the last 10,000 changes. */
const FEW_MARKS = 1_000;

type Way = 'delivered' | 'recovered';

/** A change that an item tells of, and how it has come. */
interface Arrival {
	change: ChangeName;
	way: Way;
}

/**
 * The items without those whose change has come in the other way.
 *
 * @param leftOut what the options have left out of the execution. It has not run: n8n's store does not get to
 *   know of it, so that a delivery of it is judged anew, and the watch does not recover it again.
 */
export async function withoutKnownChanges(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	leftOut: INodeExecutionData[] = [],
): Promise<INodeExecutionData[]> {
	if (!isRecoveryEnabled(context)) return items;
	const arrivals = items.map(({ json }) => arrivalOf(json));
	const hasAny = arrivals.some((arrival) => arrival !== undefined);
	const passing = hasAny ? await passingBy(context, arrivals) : [];
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) logUnknown(context);
	const known = noteInMemory(context, arrivals, passing);
	noteInMemory(
		context,
		leftOut.map(({ json }) => arrivalOf(json)),
		leftOut.map(() => false),
	);
	const rest = items.filter((_item, index) => passing?.[index] !== false && known[index] !== true);
	tellLeftOut(context, items.length - rest.length);
	return rest;
}

function logUnknown(context: IExecuteFunctions): void {
	context.logger.warn(
		`n8n could not say whether a change has come before, so it runs (node "${context.getNode().name}")`,
	);
}

function tellLeftOut(context: IExecuteFunctions, count: number): void {
	if (count === 0) return;
	const changes = counted(count, 'change was', 'changes were');
	const message = `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	context.addExecutionHints({ message, location: 'outputPane' });
}

/**
 * Where the watch is: what has come it need not start again, n8n has stored this execution. What does not pass
 * counts as delivered, so that a delivery of it is left to n8n's store as well.
 *
 * @returns of each recovered item, whether it was delivered while its execution waited: under a concurrency
 *   limit there can be more of them than the row holds
 */
function noteInMemory(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
	passing: boolean[] | undefined,
): boolean[] {
	const { known, progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return [];
	const now = presentMoment().steady;
	return arrivals.map((arrival, index) => {
		if (arrival === undefined) return false;
		const { change, way } = arrival;
		const isKnown = way === 'recovered' && known.take(change, now) === 'known';
		if (way === 'recovered' && passing?.[index] !== false) known.noteRecovered(change, now);
		else known.noteDelivered(change, now);
		return isKnown;
	});
}

/** Which of the items pass by n8n's store; `undefined` when it does not say so in time. */
async function passingBy(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
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
	const fresh = await record(context, marks.flatMap(flat));
	return fresh && marks.map((own) => passes(own, fresh));
}

/** Where the watch is, it knows. */
async function siteOf(context: IExecuteFunctions): Promise<string | undefined> {
	const known = addressOf(context).served && changesAt(context).progress?.site;
	if (known !== undefined) return known;
	const credential = await readCredential(context);
	return credential && siteOrigin(credential.siteUrl);
}

/**
 * Executions of this process that wait for the row share it: two would lose each other's marks. A call that
 * hangs must not hold up those after it.
 */
async function record(
	context: IExecuteFunctions,
	marks: string[],
): Promise<Set<string> | undefined> {
	return await together(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const maxMarks = addressOf(context).served === undefined ? undefined : FEW_MARKS;
		const recorded = recordProcessed(context, [...new Set(requests.flat())], maxMarks);
		const fresh = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
		return requests.map((own) => fresh && taken(fresh, own));
	});
}

/** A mark is new to the first that asks for it. */
function taken(fresh: Set<string>, marks: string[]): Set<string> {
	const own = new Set(marks.filter((mark) => fresh.has(mark)));
	for (const mark of own) fresh.delete(mark);
	return own;
}

/** What the row has of an item. */
interface Marks {
	/** Of a recovered change itself. */
	own?: string;
	/** Where delivery and recovery meet, each with a mark that a change has come there in this way. */
	spots: Array<[spot: string, way: string]>;
}

/**
 * For an edit a spot is page and second: an event may count revisions in another way than the API, and its time
 * may differ by a second from that of the revision.
 */
function marksOf(site: string, arrival: Arrival | undefined): Marks {
	if (arrival === undefined) return { spots: [] };
	const { change, way } = arrival;
	const own = permanentKey(site, change);
	const isEdit = change.kind === 'e';
	const seconds = isEdit && way === 'recovered' ? [-1, 0, 1] : [0];
	const spots = seconds.map((second) => (isEdit ? editSpot(site, change, second) : own));
	return {
		...(way === 'recovered' ? { own } : {}),
		spots: spots.map((spot) => [spot, `${spot} ${way}`]),
	};
}

function editSpot(site: string, { kind, subject = '', at }: ChangeName, second: number): string {
	const time = Math.floor(at / 1000) + second;
	const { page } = editOf(subject);
	return permanentKey(site, { kind, subject: `${page}@${time}`, at: time * 1000 });
}

function flat({ own, spots }: Marks): string[] {
	return [...(own === undefined ? [] : [own]), ...spots.flat()];
}

/** A change passes that is new; and one after another that has come in its own way: two of those never meet. */
function passes({ own, spots }: Marks, fresh: ReadonlySet<string>): boolean {
	const isNew = own === undefined || fresh.has(own);
	return isNew && spots.every(([spot, way]) => spot === own || fresh.has(spot) || !fresh.has(way));
}

/**
 * `undefined` for what cannot be recovered, or a recovery could not recognise; and for what was recovered and is
 * marked: its own execution may have recorded it before.
 */
function arrivalOf(json: IDataObject): Arrival | undefined {
	const key = recoveredKey(json.eventId);
	if (key !== undefined) {
		if (json.redelivered === true) return undefined;
		return { change: nameOfKey(key, siteTime(json.occurredAt) ?? 0), way: 'recovered' };
	}
	const change = changeNameOf({ type: json.eventType as string, xml: eventOf(json) });
	return change?.subject === undefined ? undefined : { change, way: 'delivered' };
}

/** What an item says of its event, simplified or not. */
function eventOf({ event, page, occurredAt }: IDataObject): XmlElement {
	if (typeof event === 'object' && event !== null) return event as unknown as XmlElement;
	const { id, revision } = (page ?? {}) as IDataObject;
	const named = { '@id': String(id ?? ''), '@revision': String(revision ?? '') };
	return { '@datetime': String(occurredAt), page: named };
}
