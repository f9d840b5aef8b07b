import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { beforeDeadline } from '../../api/deadline';
import { eventNameOfItem, hashOf } from '../../event/event-name';
import { dropOldRows, KNOWN_BY_WORKERS_MS, MAX_STORE_WAIT_MS, recordInRow } from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import { ledgerOf } from '../ledger/ledger';
import { addressOf } from '../state/address';
import { hintLeftOut } from './hints';
import type { StepItem } from './step-item';

/*
 * Has this event begun in another execution? If copies of a delivery reach two processes at the same moment, neither
 * knows of the other, and both start an execution. So in a worker each event has a row in n8n's store of processed
 * items, inserted by the first execution that begins with it: of two inserts n8n's database lets one succeed, however
 * long a process or a statement takes.
 *
 * A test asks nothing, nor does an execution that a person runs again.
 */

/** Mark an event that waits longer for its execution, because its copies may have come and gone. */
const MAX_QUEUED_MS = 15 * MINUTE_MS;
const MAX_SKEW_BETWEEN_WORKERS_MS = 5 * MINUTE_MS;
/** The row of an event stays as long as a copy can come unmarked. */
export const ROW_TTL_MS = KNOWN_BY_WORKERS_MS + MAX_QUEUED_MS + MAX_SKEW_BETWEEN_WORKERS_MS;

/**
 * Leaves out events that have begun in another execution, and marks those that may have. Does so in a worker only.
 *
 * @returns whether n8n's database has responded about each
 */
export async function leaveOutCopies(context: IExecuteFunctions, items: StepItem[]): Promise<boolean> {
	if (!isFirstRun(context) || !isWorker(context)) return true;
	const beginnings = await beginEach(context, items);
	void dropOldRows(context, items.length).catch(() => {});
	for (const [item, beginning] of beginnings) {
		if (beginning === 'copy') item.hasRun = true;
		else if (beginning !== 'first' || isLate(item.event)) item.added.redelivered = true;
	}
	const copies = items.filter(({ hasRun }) => hasRun).length;
	const message = (events: string) => `${events} left out: another execution has begun with what was delivered twice`;
	hintLeftOut(context, copies, message);
	const responds = ![...beginnings.values()].includes('unknown');
	if (!responds) {
		context.logger.warn(
			`n8n's database could not say whether an event has run before, so it runs with "redelivered" (node "${context.getNode().name}")`,
		);
	}
	return responds;
}

/** Whether the execution is neither a test nor one that a person runs again. */
export function isFirstRun(context: IExecuteFunctions): boolean {
	return ['webhook', 'trigger'].includes(context.getMode());
}

/**
 * Whether this process is a worker. If n8n does not say so, one that takes deliveries or watches the webhook is not.
 */
export function isWorker(context: IExecuteFunctions): boolean {
	const process = thisProcess(context);
	if (process !== undefined) return process === 'worker';
	return addressOf(context).served === undefined && ledgerOf(context).isEmpty;
}

/** A recovered change has no copies among the deliveries. */
function isLate({ receivedAt, recovered }: IDataObject): boolean {
	return recovered !== true && Date.now() - Date.parse(String(receivedAt)) > MAX_QUEUED_MS;
}

/**
 * - `copy`: another execution has begun with this event
 * - `marked`: this one may have, in a worker that was lost; or another one has begun with an event that says the same,
 *   and neither has an ID
 */
type Beginning = 'first' | 'copy' | 'marked' | 'unknown';

/**
 * Asks once for each event: if an execution has an event twice, both come from one delivery. The execution goes on
 * after the deadline, and the event is recorded once n8n's database responds.
 */
async function beginEach(context: IExecuteFunctions, items: StepItem[]): Promise<Map<StepItem, Beginning>> {
	const deadline = performance.now() + MAX_STORE_WAIT_MS;
	const begun = new Map<string, Promise<Beginning | undefined>>();
	const begin = async (item: StepItem): Promise<[StepItem, Beginning]> => {
		const event = identify(item.event);
		const beginning = begun.get(event.name) ?? beforeDeadline(deadline, beginOf(context, event));
		begun.set(event.name, beginning);
		return [item, (await beginning) ?? 'unknown'];
	};
	return new Map(await Promise.all(items.map(begin)));
}

async function beginOf(context: IExecuteFunctions, { name, deliveryId }: EventIdentity): Promise<Beginning> {
	const execution = `${name} in ${context.getExecutionId()}`;
	const delivery = deliveryId === undefined ? [] : [`${name} as ${deliveryId}`];
	const fresh = await recordInRow(context, name, [execution, ...delivery], ROW_TTL_MS);
	if (fresh === undefined) return 'unknown';
	if (fresh.has(name)) return 'first';
	const isOther = delivery.some((mark) => fresh.has(mark));
	return fresh.has(execution) && !isOther ? 'copy' : 'marked';
}

interface EventIdentity {
	/** All copies have the same name, whichever process received them. */
	name: string;
	/** Set for an event without an ID only, as another event can equal it. Copies of one delivery share this ID. */
	deliveryId?: string;
}

/** Fields that differ between copies. They say how the event came, and Expert has not signed them. */
const OF_THE_ARRIVAL = ['deliveryId', 'receivedAt', 'redelivered', 'unverified', 'headers'];

/** Identifies an event by the ID, type and time that Expert gives it, or without an ID by all its content. */
export function identify(item: IDataObject): EventIdentity {
	const name = eventNameOfItem(item);
	if (name !== undefined) return { name };
	const signed = Object.entries(item).filter(([field]) => !OF_THE_ARRIVAL.includes(field));
	return { name: hashOf(signed), deliveryId: String(item.deliveryId) };
}
