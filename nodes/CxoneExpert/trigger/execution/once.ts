import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import {
	dropOldRows,
	KNOWN_BY_WORKERS_MS,
	MAX_WAIT_MS,
	recordInRow,
} from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import { counted } from '../../api/expert-error';
import { eventNameOfItem, hashOf } from '../../event/event-name';
import { ledgerOf } from '../ledger/ledger';
import { addressOf } from '../node/address';

/*
 * Has this event begun in another execution? Copies of a delivery that reach two processes at the same moment are
 * known to neither, and both start an execution. So in a worker each event has a row of its own in n8n's store of
 * processed items, which the first execution to begin with it has inserted: of two inserts n8n's database lets one
 * succeed, however long a process or a statement takes.
 *
 * A test asks nothing, nor does an execution that a person has run again.
 */

const MINUTE_MS = 60_000;
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

/** Not that of a test, nor one that a person has run again. */
export function isFirstRun(context: IExecuteFunctions): boolean {
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
		const event = beginningOf(json);
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

/** What differs between copies: how they came, not what Expert has signed. */
const OF_THE_ARRIVAL = ['deliveryId', 'receivedAt', 'redelivered', 'unverified', 'headers'];

/** By what Expert gives an event; without an ID by all that it says. */
export function beginningOf(item: IDataObject): EventName {
	const name = eventNameOfItem(item);
	if (name !== undefined) return { name };
	const signed = Object.entries(item).filter(([field]) => !OF_THE_ARRIVAL.includes(field));
	return { name: hashOf(signed), deliveryId: String(item.deliveryId) };
}
