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
import { type ChangeName, changeNameOf, nameOfKey, permanentKey } from './change-key';
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

/** A change that an item tells of, and how it has come. */
interface Arrival {
	change: ChangeName;
	way: 'delivered' | 'recovered';
}

/** The items without those whose change has come in the other way. */
export async function withoutKnownChanges(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!isRecoveryEnabled(context)) return items;
	const arrivals = items.map(({ json }) => arrivalOf(json));
	if (arrivals.every((arrival) => arrival === undefined)) return items;
	const recorded = recordAtSite(context, arrivals).catch(() => undefined);
	const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) logUnknown(context);
	const known = noteInMemory(context, arrivals, passing);
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
 * Where the watch is: what has come it need not start again, n8n has stored this execution. What the row leaves
 * out counts as delivered, so that a delivery of it is left to the row as well.
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

/** Which of the items pass. */
async function recordAtSite(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
	const site = await siteOf(context);
	if (site === undefined) return undefined;
	const marks = arrivals.map((arrival) => marksOf(site, arrival));
	const fresh = await record(context, marks.flat());
	return fresh && marks.map((own) => passes(own, fresh));
}

/** What the row has of it: the key of the change, and for a delivery one that says so. */
function marksOf(site: string, arrival: Arrival | undefined): string[] {
	if (arrival === undefined) return [];
	const key = permanentKey(site, arrival.change);
	return arrival.way === 'recovered' ? [key] : [key, `${key} delivered`];
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
		const recorded = recordProcessed(context, [...new Set(requests.flat())]);
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

/** A change passes that is new; and a delivery after another one, for two genuine ones never meet. */
function passes([key, delivered]: string[], fresh: ReadonlySet<string>): boolean {
	if (key === undefined || fresh.has(key)) return true;
	return delivered !== undefined && !fresh.has(delivered);
}

/** What an item says of its event, simplified or not. */
function eventOf({ event, page, occurredAt }: IDataObject): XmlElement {
	if (typeof event === 'object' && event !== null) return event as unknown as XmlElement;
	const { id, revision } = (page ?? {}) as IDataObject;
	const named = { '@id': String(id ?? ''), '@revision': String(revision ?? '') };
	return { '@datetime': String(occurredAt), page: named };
}
