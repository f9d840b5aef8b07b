import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/**
 * Not an estimate: a busy machine takes many times as long as an idle one, and n8n that was killed while it
 * published a workflow waits for two minutes before it does it again. Below that of a test, which tells less.
 */
export const LIMIT_MS = 300_000;

export interface WaitOptions {
	/** {@link LIMIT_MS} by default. */
	timeoutMs?: number;
	intervalMs?: number;
	signal?: AbortSignal;
	/** Actual state, for the error after the limit. */
	found?: () => string;
}

/**
 * Waits until a condition holds.
 *
 * @param what the state that is waited for; an error after the limit names it
 * @throws TimeoutError when the limit is reached, or what the condition throws
 */
export async function waitUntil(
	what: string,
	condition: () => boolean | Promise<boolean>,
	{ timeoutMs = LIMIT_MS, intervalMs = 50, signal, found }: WaitOptions = {},
): Promise<void> {
	const limit = AbortSignal.timeout(timeoutMs);
	const holds = async () => {
		while (!limit.aborted && !(await condition())) await setTimeout(intervalMs, undefined, { signal });
	};
	await within(limit, () => outOfTime(what, timeoutMs, found), holds());
}

/** The same, for a value: waits until there is one, and returns it. */
export async function waitFor<T>(
	what: string,
	read: () => T | undefined | Promise<T | undefined>,
	options: WaitOptions = {},
): Promise<T> {
	let value: T | undefined;
	await waitUntil(what, async () => (value = await read()) !== undefined, options);
	return value!;
}

/**
 * Waits until all of this work has ended, including what is added meanwhile. Works even where a
 * test has replaced the timers.
 */
export async function waitUntilEmpty(
	what: string,
	work: ReadonlySet<Promise<unknown>>,
	{ timeoutMs = LIMIT_MS }: Pick<WaitOptions, 'timeoutMs'> = {},
): Promise<void> {
	const ended = async () => {
		while (work.size > 0) await Promise.all(work);
	};
	await within(AbortSignal.timeout(timeoutMs), () => outOfTime(what, timeoutMs), ended());
}

async function within(limit: AbortSignal, inVain: () => Error, work: Promise<unknown>): Promise<void> {
	const isOver = once(limit, 'abort').then(() => Promise.reject(inVain()));
	await Promise.race([work, isOver]);
}

function outOfTime(what: string, timeoutMs: number, found?: () => string): DOMException {
	const instead = found === undefined ? '' : `: ${found()}`;
	return new DOMException(`Waited ${timeoutMs / 1000} s in vain until ${what}${instead}`, 'TimeoutError');
}
