import type { IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { perNode } from '../../memory';
import { isTest, type TriggerParameters } from '../parameters';
import { storeKnowledge } from '../node/stored';
import { RESPONSE_DEADLINE_MS } from './response';
import { type Batch, hasRecentCopy, type PendingDelivery, saveByN8n } from './save';

/*
 * Group commit: while n8n is busy saving, deliveries that arrive wait in line and start the next execution
 * together. n8n goes through some twenty steps to save an execution, and its default engine starts a
 * sandbox for it: a busy n8n does that once for all of them. Each delivery keeps its own claim, deadline and
 * response.
 */

/** What is given to n8n together, at most. A delivery that is more than that by itself goes alone. */
export const MAX_BATCH_ITEMS = 100;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Time after which a delivery waits no longer. Its request keeps a sandbox of n8n in memory. */
export const MAX_WAIT_MS = 60_000;

/**
 * How many executions n8n may be saving for a node before the next delivery waits for them. An author who saves a
 * page and tags it makes two at once.
 */
const SAVES_AT_ONCE = { severalInBurst: 2, severalWhenBusy: 1 } as const;

/** The deliveries to one node that n8n is saving, and those that wait for that. */
export interface Line {
	/** Executions that n8n is saving, and the next one while it gathers. */
	saving: number;
	/** Those of them that n8n has still to confirm: the record can be left to them. */
	unconfirmed: number;
	/** In order of arrival. */
	waiting: Waiting[];
	/** Somebody had to wait: until nobody is left, executions are saved one at a time. */
	isBurst: boolean;
	/** Set while n8n is saving nothing and the next batch gathers. */
	gathering?: Gathering | undefined;
	/** The senders of this burst take longer to come again than a batch may gather. */
	gathersInVain: boolean;
	/** When the record was written last; ms of the monotonic clock. */
	writtenAt: number;
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

/** By node. One at work is not evicted: somebody waits. */
export const lineOf = perNode(newLine, { isPinned: ({ saving }) => saving > 0 });

export function newLine(): Line {
	return {
		...{ saving: 0, unconfirmed: 0, waiting: [] },
		...{ isBurst: false, gathersInVain: false, writtenAt: -Infinity },
	};
}

/** The record is written at least so often while one execution after the other is saved. */
const MAX_UNWRITTEN_MS = 1_000;
/**
 * It is left to so many executions that n8n is saving: of one alone it may fail to save it. Not to deliveries that wait:
 * an n8n that stops saves none of them.
 */
const MIN_OTHERS = 2;

/** What a request returns whose items n8n gets from another one, or not at all. */
const NOTHING_TO_RUN: IWebhookResponseData = { noWebhookResponse: true };

/**
 * Gives n8n the items. The response comes from n8n once the execution is saved, or from us at once when the workflow
 * author has chosen so.
 *
 * In the second in which a version of the workflow goes live, one of the next deliveries may run with those of the
 * version before.
 */
export async function giveToN8n(delivery: PendingDelivery): Promise<IWebhookResponseData> {
	const { claim, context } = delivery;
	const { n8n, parameters, response } = context;
	// Whoever was told to retry is told 200 only when n8n has confirmed the execution.
	if (parameters.acknowledge === 'immediately' && !response.isSent) {
		claim.accept();
		response.accept();
	}
	if (isTest(n8n)) return lead([delivery], newLine());
	const line = lineOf(n8n);
	if (mayGoAtOnce(line, parameters)) return lead([delivery], line);
	line.isBurst = true;
	return await join(delivery, line);
}

function mayGoAtOnce(
	{ saving, isBurst, waiting }: Line,
	{ deliveriesPerExecution }: TriggerParameters,
): boolean {
	// Those of the version before must not wait until no more come.
	if (deliveriesPerExecution === 'one') return waiting.length === 0;
	return saving < (isBurst ? 1 : SAVES_AT_ONCE[deliveriesPerExecution]);
}

/** It goes to n8n with all that wait by then. */
async function join(delivery: PendingDelivery, line: Line): Promise<IWebhookResponseData> {
	return await new Promise((leave) => {
		const bytes = Buffer.byteLength(JSON.stringify(delivery.items));
		line.waiting.push({ delivery, bytes, since: performance.now(), leave });
		const { gathering, waiting } = line;
		if (gathering !== undefined && waiting.length >= gathering.wanted) callNext(line);
	});
}

/**
 * n8n is at work on this batch until it has said what became of it, or a sender would wait no longer. The record is
 * written by the last ones that are saved, for all before them, and once a second while they are not the last.
 */
function lead(batch: Batch, line: Line): IWebhookResponseData {
	line.saving += 1;
	line.unconfirmed += 1;
	let [isUnconfirmed, isOver] = [true, false];
	const confirmed = () => {
		if (isUnconfirmed) line.unconfirmed -= 1;
		isUnconfirmed = false;
	};
	const end = (isConfirmed: boolean) => {
		if (isOver) return;
		isOver = true;
		confirmed();
		cancelDeadline();
		moveOn(line, isConfirmed ? batch.length : 0);
	};
	// A save that hangs, or waits for a free place, must not hold up the others.
	const cancelDeadline = atDeadline(performance.now() + RESPONSE_DEADLINE_MS, () => end(false));
	const isRecordDue = (isRecent: boolean) => {
		confirmed();
		const isLeftToOthers = line.unconfirmed >= MIN_OTHERS;
		if (!isRecent || (isLeftToOthers && isJustWritten(line))) return false;
		line.writtenAt = performance.now();
		return true;
	};
	return saveByN8n(batch, end, isRecordDue);
}

function isJustWritten({ writtenAt }: Line): boolean {
	return performance.now() - writtenAt < MAX_UNWRITTEN_MS;
}

/** @param wanted how many may come at once again: the last batch, if n8n keeps up */
function moveOn(line: Line, wanted: number): void {
	if (line.saving > 1) line.saving -= 1;
	else gather(line, wanted);
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

/** Gives the next batch to n8n. Where nobody waits, the burst is over. */
function callNext(line: Line): void {
	line.gathering?.cancel();
	line.gathering = undefined;
	line.saving -= 1;
	for (const { delivery, leave } of takeOverdue(line)) {
		giveUp(delivery);
		leave(NOTHING_TO_RUN);
	}
	const [first, ...others] = takeBatch(line);
	if (first !== undefined) {
		const followers = others.map(({ delivery }) => delivery);
		first.leave(lead([first.delivery, ...followers], line));
		recordByFollower(others, line);
		for (const { leave } of others) leave(NOTHING_TO_RUN);
	} else {
		line.isBurst = false;
		line.gathersInVain = false;
	}
}

/**
 * Under a concurrency limit executions wait for minutes, and by then their copies of static data are too old for the
 * record. n8n saves that of a follower at once: so what has run is stored while others wait.
 */
function recordByFollower(others: Waiting[], line: Line): void {
	const { delivery } = others.at(-1) ?? {};
	if (delivery === undefined || !hasRecentCopy(delivery.context) || isJustWritten(line)) return;
	line.writtenAt = performance.now();
	storeKnowledge(delivery.context.n8n);
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
