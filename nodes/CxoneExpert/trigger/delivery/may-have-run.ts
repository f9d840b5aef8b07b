import { attribute } from '../../api/xml';
import { KNOWN_BY_WORKERS_MS } from '../../n8n/processed-items';
import { thisProcess } from '../../n8n/this-process';
import type { Message } from '../../event/parse';
import { isTest } from '../parameters';
import type { Arrival, Ledger } from '../ledger/ledger';
import type { DeliveryContext } from './context';

/*
 * A delivery unknown here may still have run: in an earlier process that crashed after saving the
 * execution, or in another one that takes deliveries of this node.
 */

/** Clock difference to allow for when comparing an event with a restart of n8n. */
const CLOCK_TOLERANCE_SECONDS = 3;
/** Expert may retry for at least this long. The vendor names no number. */
const RETRY_SECONDS = 3600;

export function mayHaveRun(
	{ time, isSigned }: Arrival,
	message: Message,
	{ isShared }: Pick<Ledger, 'isShared'>,
	{ n8n, receivedAt }: Pick<DeliveryContext, 'n8n' | 'receivedAt'>,
): boolean {
	if (isTest(n8n)) return false;
	const events = 'events' in message ? message.events : [undefined];
	const happenedAt = events.map((event) => Date.parse(attribute(event?.xml, 'datetime') ?? ''));
	const signedAt = isSigned ? time * 1000 : undefined;
	// Where n8n runs webhook processes, there may be several.
	const isOneOfMany = isShared || thisProcess(n8n) === 'webhook';
	return mayBeFromBefore(happenedAt, signedAt, receivedAt, knownSince(receivedAt, isOneOfMany));
}

/** The time since when every delivery that ran is known here or to the workers; unix ms. */
function knownSince(now: number, isOneOfMany: boolean): number {
	// Do not read the clock at the start: it may have been set since.
	const startedAt = now - performance.now();
	return isOneOfMany ? Math.max(startedAt, now - KNOWN_BY_WORKERS_MS) : startedAt;
}

/**
 * Whether an event may have been received before a moment; times are unix ms. An event without a
 * time (`NaN`) may be as old as Expert goes on retrying. `signedAt` is absent if unverified.
 */
export function mayBeFromBefore(
	happenedAt: number[],
	signedAt: number | undefined,
	now: number,
	before: number,
): boolean {
	const times = happenedAt.map((time) => (Number.isNaN(time) ? now - RETRY_SECONDS * 1000 : time));
	if (signedAt !== undefined) times.push(signedAt);
	// Use the later clock, so that an event of a site whose clock is fast does not look younger.
	const age = Math.max(now, ...times) - Math.min(now, ...times);
	return age + CLOCK_TOLERANCE_SECONDS * 1000 >= now - before;
}
