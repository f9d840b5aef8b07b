import type { IWebhookFunctions } from 'n8n-workflow';

import { attribute } from '../../api/xml';
import { KNOWN_BY_WORKERS_MS } from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import type { Message } from '../../event/parse';
import { isTest } from '../parameters';
import type { Arrival, Ledger } from '../ledger/ledger';

/*
 * A delivery that is not known here may have run all the same: in an earlier process, which crashed
 * after it had saved the execution, or in another one that takes deliveries of this node.
 */

/** By how much the clocks of n8n and the site may differ when an event is compared with a restart. */
const CLOCK_TOLERANCE_SECONDS = 3;
/** For how long Expert may retry, at the least: the vendor names no number. */
const RETRY_SECONDS = 3600;

/** Whether a delivery that is not known here may have run before. */
export function mayHaveRunElsewhere(
	{ time, isSigned }: Arrival,
	message: Message,
	{ isShared }: Pick<Ledger, 'isShared'>,
	{ n8n, now }: { n8n: IWebhookFunctions; now: number },
): boolean {
	if (isTest(n8n)) return false;
	const events = 'events' in message ? message.events : [undefined];
	const happenedAt = events.map((event) => Date.parse(attribute(event?.xml, 'datetime') ?? ''));
	const signedAt = isSigned ? time * 1000 : undefined;
	// n8n starts webhook processes where one process is not enough: there may be others.
	const isOneOfMany = isShared || thisProcess(n8n) === 'webhook';
	return mayBeFromBefore(happenedAt, signedAt, now, knownSince(now, isOneOfMany));
}

/** From when on nothing can have run without being known here or in the workers; unix ms. */
function knownSince(now: number, isOneOfMany: boolean): number {
	const startedAt = performance.timeOrigin;
	return isOneOfMany ? Math.max(startedAt, now - KNOWN_BY_WORKERS_MS) : startedAt;
}

/**
 * Whether an event may have been received before a moment.
 *
 * An event that names no time may be as old as Expert goes on retrying.
 *
 * @param happenedAt unix ms of each event in the delivery; NaN where it names no time
 * @param signedAt unix ms; `undefined` when signatures are not verified
 * @param now unix ms
 * @param before unix ms
 */
export function mayBeFromBefore(
	happenedAt: number[],
	signedAt: number | undefined,
	now: number,
	before: number,
): boolean {
	const times = happenedAt.map((time) => (Number.isNaN(time) ? now - RETRY_SECONDS * 1000 : time));
	if (signedAt !== undefined) times.push(signedAt);
	// Counted from the later clock, so that a site that is ahead does not look younger.
	const age = Math.max(now, ...times) - Math.min(now, ...times);
	return age + CLOCK_TOLERANCE_SECONDS * 1000 >= now - before;
}
