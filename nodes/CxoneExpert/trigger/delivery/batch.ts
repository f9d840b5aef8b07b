import type { IWebhookResponseData } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { atDeadline } from '../../api/deadline';
import { perNode } from '../../memory';
import { isTest, type TriggerParameters } from '../parameters';
import { storeKnowledge } from '../state/stored';
import { RESPONSE_DEADLINE_MS } from '../../protocol/deadlines';
import { type Batch, hasRecentSnapshot, type PendingDelivery, Save } from './save';

/*
 * Group commit: deliveries that arrive while n8n is saving wait in line and start the next
 * execution together. Saving takes n8n some twenty steps and, on its default engine, a sandbox: a
 * busy n8n pays for that once for all. Each delivery keeps its own claim, deadline and response.
 */

/** Limits of a batch. A delivery that exceeds them goes alone. */
export const MAX_BATCH_ITEMS = 100;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** The request keeps one of n8n's sandboxes in memory while it waits. */
export const MAX_QUEUE_WAIT_MS = MINUTE_MS;

/** Executions that n8n may be saving before deliveries have to wait. Saving and tagging a page makes two. */
const MAX_CONCURRENT_SAVES = 2;

export interface Line {
	/** Executions that n8n is saving while senders wait. */
	saving: Set<Save>;
	/** Saves that n8n has yet to confirm, and that may then store the record. */
	unconfirmed: Set<Save>;
	/** Deliveries in line, in order of arrival. */
	waiting: WaitingDelivery[];
	/** A delivery had to wait. Executions are saved one at a time until none waits. */
	isBurst: boolean;
	/** Set while the next batch gathers and n8n saves nothing. */
	gathering?: Gathering | undefined;
	/** Gathering has timed out in this burst, so the next batches do not wait. */
	gathersInVain: boolean;
	/** When the record was last stored; ms of the monotonic clock. */
	recordedAt: number;
}

export interface WaitingDelivery {
	delivery: PendingDelivery;
	/** Size of the items as JSON. */
	bytes: number;
	/** Ms of the monotonic clock. */
	since: number;
	/** Ends the request at n8n. */
	leave: (result: IWebhookResponseData) => void;
}

export interface Gathering {
	/** Number of waiting deliveries at which the batch goes to n8n. */
	wanted: number;
	/** Cancels the timer that sends the batch with fewer. */
	cancel: () => void;
}

/**
 * How long a batch waits for senders that have just been answered. Otherwise the few deliveries that came during a
 * large save would start an execution, and the many would wait for it, again and again.
 */
export const MAX_GATHER_MS = 250;

/** A line is not evicted while deliveries wait in it or n8n saves its executions. */
export const lineOf = perNode(newLine, { isPinned: ({ saving, waiting }) => saving.size > 0 || waiting.length > 0 });

export function newLine(): Line {
	return {
		saving: new Set(),
		unconfirmed: new Set(),
		waiting: [],
		isBurst: false,
		gathersInVain: false,
		recordedAt: -Infinity,
	};
}

/** The record is stored at least this often during a series of executions. */
const MAX_UNRECORDED_MS = 1_000;
/**
 * How many other executions n8n must be saving before the record is left to them, because a single one may fail. It is
 * never left to waiting deliveries: an n8n that stops saves none of them.
 */
const MIN_OTHERS = 2;

/** The result of requests whose items go to n8n with another request, or not at all. */
const NOTHING_TO_RUN: IWebhookResponseData = { noWebhookResponse: true };

/**
 * Gives n8n the items. In the second in which a workflow version goes live, a delivery may join those of the version
 * before.
 */
export async function giveToN8n(delivery: PendingDelivery): Promise<IWebhookResponseData> {
	const { n8n, parameters } = delivery.context;
	if (isTest(n8n)) return startSaving([delivery], newLine());
	const line = lineOf(n8n);
	if (mayGoAtOnce(line, parameters)) return startSaving([delivery], line);
	line.isBurst = true;
	return await waitInLine(delivery, line);
}

function mayGoAtOnce({ saving, isBurst, waiting }: Line, { deliveriesPerExecution }: TriggerParameters): boolean {
	// Let deliveries of the version before go first. Otherwise they could starve.
	if (deliveriesPerExecution === 'one') return waiting.length === 0;
	return !isBurst && saving.size < MAX_CONCURRENT_SAVES;
}

async function waitInLine(delivery: PendingDelivery, line: Line): Promise<IWebhookResponseData> {
	return await new Promise((leave) => {
		const bytes = Buffer.byteLength(JSON.stringify(delivery.items));
		line.waiting.push({ delivery, bytes, since: performance.now(), leave });
		const { gathering, waiting } = line;
		if (gathering !== undefined && waiting.length >= gathering.wanted) saveNext(line);
	});
}

/** Holds the line until n8n reports the outcome, or senders stop waiting. */
function startSaving(batch: Batch, line: Line): IWebhookResponseData {
	const save: Save = new Save(batch, {
		isRecordDue: () => isRecordDue(save, line, performance.now()),
		moveOn: (isConfirmed) => moveOn(save, line, isConfirmed ? batch.length : 0),
	});
	line.saving.add(save);
	line.unconfirmed.add(save);
	// A save that hangs or queues must not hold up the others.
	atDeadline(performance.now() + RESPONSE_DEADLINE_MS, () => moveOn(save, line, 0));
	return save.give();
}

/** The last executions of a series store the record for all before them. Until then it is stored once a second. */
function isRecordDue(save: Save, line: Line, now: number): boolean {
	line.unconfirmed.delete(save);
	const isLeftToOthers = line.unconfirmed.size >= MIN_OTHERS;
	const isDue = hasRecentSnapshot(save.batch[0].context, now) && !(isLeftToOthers && isJustRecorded(line, now));
	if (isDue) line.recordedAt = now;
	return isDue;
}

/** @param now ms of the monotonic clock */
function isJustRecorded({ recordedAt }: Line, now: number): boolean {
	return now - recordedAt < MAX_UNRECORDED_MS;
}

/**
 * Lets the line go on: the last save at work gathers the next batch.
 *
 * @param wanted size of the last batch if n8n keeps up, because its senders may send again
 */
function moveOn(save: Save, line: Line, wanted: number): void {
	line.unconfirmed.delete(save);
	const wasLast = line.saving.delete(save) && line.saving.size === 0;
	if (wasLast) gather(line, wanted);
}

/** Briefly waits for as many deliveries as the last batch had. */
function gather(line: Line, wanted: number): void {
	const { waiting, gathersInVain } = line;
	if (gathersInVain || waiting.length === 0 || waiting.length >= wanted) return saveNext(line);
	const cancel = atDeadline(performance.now() + MAX_GATHER_MS, () => {
		line.gathersInVain = true;
		saveNext(line);
	});
	line.gathering = { wanted, cancel };
}

/** Gives the next batch to n8n. If nobody is waiting, the burst is over. */
function saveNext(line: Line): void {
	line.gathering?.cancel();
	line.gathering = undefined;
	for (const { delivery, leave } of takeOverdue(line, performance.now())) {
		giveUp(delivery);
		leave(NOTHING_TO_RUN);
	}
	const [first, ...others] = takeBatch(line);
	if (first !== undefined) {
		const followers = others.map(({ delivery }) => delivery);
		first.leave(startSaving([first.delivery, ...followers], line));
		recordByFollower(others, line, performance.now());
		for (const { leave } of others) leave(NOTHING_TO_RUN);
	} else {
		line.isBurst = false;
		line.gathersInVain = false;
	}
}

/**
 * Under a concurrency limit, executions outlast their snapshots of static data. n8n saves that of a
 * follower at once, which stores what has run meanwhile.
 */
function recordByFollower(others: WaitingDelivery[], line: Line, now: number): void {
	const { delivery } = others.at(-1) ?? {};
	if (delivery === undefined || !hasRecentSnapshot(delivery.context, now) || isJustRecorded(line, now)) return;
	line.recordedAt = now;
	storeKnowledge(delivery.context.n8n);
}

/** Expert was told to retry long ago, so the next copy runs. */
function giveUp({ claim, context: { response } }: PendingDelivery): void {
	response.tellToRetry('late');
	claim.failed();
}

/** Takes deliveries from the front until the batch is full, but at least one. */
export function takeBatch(line: Line): WaitingDelivery[] {
	let [items, bytes] = [0, 0];
	const excess = line.waiting.findIndex((entry, index) => {
		items += entry.delivery.items.length;
		bytes += entry.bytes;
		return index > 0 && (items > MAX_BATCH_ITEMS || bytes > MAX_BATCH_BYTES);
	});
	return line.waiting.splice(0, excess < 0 ? line.waiting.length : excess);
}

/**
 * Removes deliveries that waited too long. The line is in order of arrival.
 *
 * @param now ms of the monotonic clock
 */
export function takeOverdue(line: Line, now: number): WaitingDelivery[] {
	const fresh = line.waiting.findIndex(({ since }) => now - since < MAX_QUEUE_WAIT_MS);
	return line.waiting.splice(0, fresh < 0 ? line.waiting.length : fresh);
}
