import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/time';
import type { XmlElement } from '../../api/xml';
import { counted } from '../../shared/counted';
import { together } from '../../shared/one-at-a-time';
import { beforeDeadline } from '../../api/deadline';
import {
	MAX_WAIT_MS,
	recordInRow,
	recordProcessed,
	removeRecorded,
} from '../../n8n/processed-items';
import { nodeKey } from '../../shared/per-node';
import { isRecoveryEnabled } from '../parameters';
import { readCredential } from '../read-credential';
import { addressOf } from '../publish/address';
import {
	type ChangeName,
	changeNameOf,
	DAY_MS,
	editOf,
	nameOfKey,
	permanentKey,
	siteMark,
} from './change-key';
import { changeAt } from '../ledger/arrival';
import type { Ledger } from '../ledger/ledger';
import { ledgerOf } from '../ledger/ledger';
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

/** Dates of the site have no fractions. */
const SECOND_MS = 1000;

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
	const arrivals = items.map(({ json }) => arrivalAt(context, json));
	const isKnown = arrivals.map((arrival) => isKnownHere(context, arrival));
	const asked = arrivals.map((arrival, index) => (isKnown[index] ? undefined : arrival));
	const passing = await passingBy(context, asked);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) logUnknown(context);
	noteInMemory(context, asked, passing);
	noteInMemory(
		context,
		leftOut.map(({ json }) => arrivalAt(context, json)),
		leftOut.map(() => false),
	);
	const rest = items.filter((_item, index) => !isKnown[index] && passing?.[index] !== false);
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
 * Whether a recovered change was delivered while its execution waited: under a concurrency limit there can be
 * more of them than the row holds. Asked before the row, which would take it for recovered from then on.
 */
function isKnownHere(context: IExecuteFunctions, arrival: Arrival | undefined): boolean {
	if (arrival?.way !== 'recovered') return false;
	const watched = whereWatched(context);
	return watched?.ledger.take(changeAt(watched.site, arrival.change)) === 'known';
}

/** What has come, in the process that watches: it need not start again what n8n has stored here. */
function noteInMemory(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
	passing: boolean[] | undefined,
): void {
	const watched = whereWatched(context);
	if (watched === undefined) return;
	const now = Math.floor(Date.now() / 1000);
	arrivals.forEach((arrival, index) => {
		if (arrival === undefined) return;
		const { change, way } = arrival;
		const recovered = passing?.[index] === false ? 'settled' : 'recovered';
		const state = way === 'delivered' ? 'done' : recovered;
		watched.ledger.note(changeAt(watched.site, change), state, now);
	});
}

function whereWatched(context: IExecuteFunctions): { ledger: Ledger; site: string } | undefined {
	const { progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return undefined;
	return { ledger: ledgerOf(context), site: progress.site ?? '' };
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
	const mark = siteMark(site);
	return await recordInTurn(
		context,
		arrivals.map((arrival) => marksOf(mark, arrival)),
	);
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
async function recordInTurn(
	context: IExecuteFunctions,
	marks: Marks[],
): Promise<boolean[] | undefined> {
	return await together(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const recorded = record(context, requests.flat());
		const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
		return requests.map(({ length }) => passing?.splice(0, length));
	});
}

/** Recovered changes have a row of their own, so that each is known by itself for long. */
const RECOVERED_ROW = 'recovered';

async function record(context: IExecuteFunctions, marks: Marks[]): Promise<boolean[]> {
	const own = marks.flatMap((each) => each.own ?? []);
	const freshOwn =
		own.length === 0 ? new Set<string>() : await recordInRow(context, RECOVERED_ROW, own);
	// What was recovered before need not meet a delivery once more.
	const isNew = ({ own }: Marks) => own === undefined || freshOwn.delete(own);
	const asked = marks.map((each) => (isNew(each) ? each.spots : undefined));
	const maxMarks = addressOf(context).served === undefined ? undefined : FEW_MARKS;
	const spots = [...new Set(asked.flatMap((each) => each?.flat() ?? []))];
	const fresh =
		spots.length === 0 ? new Set<string>() : await recordProcessed(context, spots, maxMarks);
	const passing = asked.map((each) => each !== undefined && passes(each, fresh));
	// What has not run must not count for its neighbours.
	const undone = asked.flatMap((each, index) => (passing[index] ? [] : (each?.flat() ?? [])));
	const forgotten = undone.filter((mark) => fresh.has(mark));
	if (forgotten.length > 0) await removeRecorded(context, forgotten);
	return passing;
}

/** What n8n's store has of an item. */
interface Marks {
	/** Of a recovered change itself. */
	own?: string;
	/** Where delivery and recovery meet, each with a mark that a change has come there in this way. */
	spots: Array<[spot: string, way: string]>;
}

/**
 * What is recovered asks for the spots beside its own, too: the time of a change may differ from that of its
 * event, by a second, or by a day for a page that began as a draft.
 */
function marksOf(site: string, arrival: Arrival | undefined): Marks {
	if (arrival === undefined) return { spots: [] };
	const { change, way } = arrival;
	const isRecovered = way === 'recovered';
	const spots = (isRecovered ? [-1, 0, 1] : [0]).map((offset) => spotOf(site, change, offset));
	return {
		// No spot has this text: without rows of its own, n8n keeps all marks in one.
		...(isRecovered ? { own: `${permanentKey(site, change)} itself` } : {}),
		spots: spots.map((spot) => [spot, `${spot} ${way}`]),
	};
}

/**
 * A page and a second. Not the revision: an event may count revisions in another way than the API. A page is
 * created once, so there it is the day.
 */
function spotOf(site: string, { kind, subject = '', at }: ChangeName, offset: number): string {
	if (kind === 'c') return permanentKey(site, { kind, subject, at: at + offset * DAY_MS });
	const time = Math.floor(at / SECOND_MS) + offset;
	const { page } = editOf(subject);
	return permanentKey(site, { kind, subject: `${page}@${time}`, at: time * SECOND_MS });
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

/** Not what came before the workflow was published: that may be of another site, and is never recovered. */
function arrivalAt(context: IExecuteFunctions, json: IDataObject): Arrival | undefined {
	const arrival = arrivalOf(json);
	const { publishedAt = 0 } = changesAt(context).progress ?? {};
	const since = Math.floor(publishedAt / SECOND_MS) * SECOND_MS;
	return arrival !== undefined && arrival.change.at < since ? undefined : arrival;
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
