import type { IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { cacheInMemory, nodeKey } from '../../shared/per-node';
import { isTest } from '../parameters';
import type { DeliveryContext } from './context';
import { RESPONSE_DEADLINE_MS } from './response';
import { type Batch, type PendingDelivery, saveByN8n, saveUnconfirmed } from './save';

/*
 * Group commit: while n8n saves one execution, deliveries that arrive wait in line and start the next
 * one together. n8n goes through some twenty steps to save an execution, and its default engine starts
 * a sandbox for it: a busy n8n does that once for all of them. Each delivery keeps its own claim,
 * deadline and response.
 */

/** What is given to n8n together, at most. A delivery that is more than that by itself goes alone. */
export const MAX_BATCH_ITEMS = 100;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Time after which a delivery waits no longer. Its request keeps a sandbox of n8n in memory. */
export const MAX_WAIT_MS = 60_000;

/** The deliveries to one node that wait while n8n is busy with those before them. */
export interface Line {
	key: string;
	/** In order of arrival. */
	waiting: Waiting[];
	/** Set while n8n is saving nothing and the next batch gathers. */
	gathering?: Gathering | undefined;
	/** The senders of this burst take longer to come again than a batch may gather. */
	gathersInVain?: boolean;
}

export interface Waiting {
	delivery: PendingDelivery;
	/** Size of its items as JSON. */
	bytes: number;
	/** In ms of the monotonic clock. */
	since: number;
	/** Ends its request at n8n. */
	leave: (result: IWebhookResponseData) => void;
}

export interface Gathering {
	/** The batch goes to n8n when so many deliveries wait. */
	wanted: number;
	/** Cancels the timer by which it goes to n8n with fewer. */
	cancel: () => void;
}

/**
 * Time that deliveries wait for those whose senders have just got their responses and send the next
 * ones. Otherwise the few that came while a large batch was saved would start an execution by
 * themselves, and the many would wait for that, again and again.
 */
export const MAX_GATHER_MS = 250;

/** A line moves on each second; one that does not is evicted, and those in it go on all the same. */
const LINE_TTL_MS = 60_000;

/** By node: the deliveries that wait while n8n saves an execution. */
export const lines = cacheInMemory<Line>({ ttlMs: LINE_TTL_MS });

/** What a request returns whose items n8n gets from another one, or not at all. */
const NOTHING_TO_RUN: IWebhookResponseData = { noWebhookResponse: true };

/**
 * Gives n8n the items. The response comes from n8n once the execution is saved, or from us at once when the workflow
 * author has chosen so.
 */
export async function giveToN8n(delivery: PendingDelivery): Promise<IWebhookResponseData> {
	const { claim, context } = delivery;
	const { n8n, parameters, response } = context;
	// Whoever was told to retry is told 200 only when n8n has confirmed the execution.
	const isImmediate = parameters.acknowledge === 'immediately' && !response.isSent;
	if (!sharesExecutions(context)) {
		return isImmediate ? saveUnconfirmed(delivery) : saveByN8n([delivery]);
	}
	if (isImmediate) {
		claim.accept();
		response.accept();
	}
	return await joinLine(delivery, nodeKey(n8n));
}

/**
 * In the second in which a version of the workflow goes live, one of the next deliveries may run with those of the
 * version before.
 */
function sharesExecutions({ n8n, parameters }: DeliveryContext): boolean {
	return parameters.deliveriesPerExecution === 'severalWhenBusy' && !isTest(n8n);
}

/** At once in quiet times, else together with all that wait by then. */
async function joinLine(delivery: PendingDelivery, key: string): Promise<IWebhookResponseData> {
	const line = lines.get(key);
	if (line === undefined) return lead([delivery], { key, waiting: [] });
	return await new Promise((leave) => {
		const bytes = Buffer.byteLength(JSON.stringify(delivery.items));
		line.waiting.push({ delivery, bytes, since: performance.now(), leave });
		const { gathering, waiting } = line;
		if (gathering !== undefined && waiting.length >= gathering.wanted) callNext(line);
	});
}

/** The line is busy until n8n has said what became of this batch, or a sender would wait no longer. */
function lead(batch: Batch, line: Line): IWebhookResponseData {
	// Set again each time, so that a line at work is not evicted.
	lines.set(line.key, line);
	let isOver = false;
	const moveOn = (next: () => void) => {
		if (isOver) return;
		isOver = true;
		cancelDeadline();
		next();
	};
	// A save that hangs, or waits for a free place, must not hold up the others.
	const cancelDeadline = atDeadline(performance.now() + RESPONSE_DEADLINE_MS, () =>
		moveOn(() => callNext(line)),
	);
	return saveByN8n(batch, (isConfirmed) =>
		moveOn(() => (isConfirmed ? gather(line, batch.length) : callNext(line))),
	);
}

/** Lets those that wait become as many as were in the last batch, if that does not take too long. */
function gather(line: Line, wanted: number): void {
	const { waiting, gathersInVain } = line;
	if (gathersInVain || waiting.length === 0 || waiting.length >= wanted) return callNext(line);
	const cancel = atDeadline(performance.now() + MAX_GATHER_MS, () => {
		line.gathersInVain = true;
		callNext(line);
	});
	line.gathering = { wanted, cancel };
}

/** Gives the next batch to n8n. Where nobody waits, the line is free. */
function callNext(line: Line): void {
	line.gathering?.cancel();
	line.gathering = undefined;
	for (const { delivery, leave } of takeOverdue(line)) {
		giveUp(delivery);
		leave(NOTHING_TO_RUN);
	}
	const [first, ...others] = takeBatch(line);
	if (first !== undefined) {
		const followers = others.map(({ delivery }) => delivery);
		first.leave(lead([first.delivery, ...followers], line));
		for (const { leave } of others) leave(NOTHING_TO_RUN);
	} else if (lines.get(line.key) === line) {
		lines.delete(line.key);
	}
}

/** Its sender was told to retry long ago: the next copy runs. */
function giveUp({ claim, context: { response } }: PendingDelivery): void {
	response.retry('late');
	claim.fail();
}

/** Takes those from the front that may go together: at least one, if any waits. */
export function takeBatch(line: Line): Waiting[] {
	let [items, bytes] = [0, 0];
	const excess = line.waiting.findIndex((entry, index) => {
		items += entry.delivery.items.length;
		bytes += entry.bytes;
		return index > 0 && (items > MAX_BATCH_ITEMS || bytes > MAX_BATCH_BYTES);
	});
	return line.waiting.splice(0, excess < 0 ? line.waiting.length : excess);
}

/** Takes those that have waited for too long. What Expert was told 200 stays: nobody sends it again. */
export function takeOverdue(line: Line): Waiting[] {
	const now = performance.now();
	const isOverdue = ({ since, delivery }: Waiting) =>
		now - since >= MAX_WAIT_MS && delivery.context.response.status !== 200;
	const overdue = line.waiting.filter(isOverdue);
	if (overdue.length > 0) line.waiting = line.waiting.filter((each) => !overdue.includes(each));
	return overdue;
}
