import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { counted } from '../../shared/counted';
import { type Beginning, begin, dropOldRows, eventNameOf } from './event-rows';
import { MAX_WAIT_MS } from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import { ledgerOf } from '../ledger/ledger';
import { addressOf } from '../publish/address';

/*
 * Copies of a delivery that reach two processes at the same moment are known to neither. Both start an
 * execution; workers run them, and there the second one ends. A process alone knows its own.
 */

/**
 * What has waited longer for its execution is marked, as its copies may have come and gone. With what the
 * processes that take deliveries mark (KNOWN_BY_WORKERS_MS) and five minutes for clocks that differ, it
 * makes up the time that the row of an event stays (ROW_TTL_MS).
 */
export const MAX_QUEUED_MS = 15 * 60_000;

export interface FirstItems {
	items: INodeExecutionData[];
	/** n8n's database has said of each event whether it has begun elsewhere. */
	areAllKnown: boolean;
}

/** In a worker, the items without copies of events that have begun elsewhere. What may be one is marked. */
export async function withoutCopies(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<FirstItems> {
	if (!isWorker(context)) return { items, areAllKnown: true };
	const known = await Promise.all(knownOf(context, items));
	void dropOldRows(context, items.length).catch(() => {});
	tell(context, known);
	const first = items.flatMap((item, index) => {
		if (known[index] === 'copy') return [];
		return [known[index] === 'first' && !isLate(item.json) ? item : marked(item)];
	});
	return { items: first, areAllKnown: !known.includes('unknown') };
}

/** Where n8n does not say so: what takes deliveries or watches the webhook itself is no worker. */
function isWorker(context: IExecuteFunctions): boolean {
	const process = thisProcess(context);
	if (process !== undefined) return process === 'worker';
	return addressOf(context).served === undefined && ledgerOf(context).isEmpty;
}

/** Each event once: what an execution has twice it has from one delivery. */
function knownOf(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Array<Promise<Beginning>> {
	const deadline = performance.now() + MAX_WAIT_MS;
	const asked = new Map<string, Promise<Beginning>>();
	return items.map(({ json }) => {
		const event = eventNameOf(json);
		const known = asked.get(event.name) ?? beginBefore(deadline, begin(context, event));
		asked.set(event.name, known);
		return known;
	});
}

async function beginBefore(deadline: number, beginning: Promise<Beginning>): Promise<Beginning> {
	return (await beforeDeadline(deadline, beginning)) ?? 'unknown';
}

/** What was recovered has no copies among deliveries: watch/once.ts knows about those. */
function isLate({ receivedAt, recovered }: IDataObject): boolean {
	if (recovered === true) return false;
	return Date.now() - Date.parse(String(receivedAt)) > MAX_QUEUED_MS;
}

function marked(item: INodeExecutionData): INodeExecutionData {
	return { ...item, json: { ...item.json, redelivered: true } };
}

function tell(context: IExecuteFunctions, known: Beginning[]): void {
	const copies = known.filter((each) => each === 'copy').length;
	if (copies > 0) {
		const events = counted(copies, 'event was', 'events were');
		const message = `${events} left out: another execution has begun with what was delivered twice`;
		context.addExecutionHints({ message, location: 'outputPane' });
	}
	if (!known.includes('unknown')) return;
	context.logger.warn(
		`n8n's database could not say whether an event has run before, so it runs with "redelivered" (node "${context.getNode().name}")`,
	);
}
