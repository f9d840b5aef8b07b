import pWaitFor from 'p-wait-for';

export interface WaitOptions {
	/** A limit and not an estimate: a busy machine takes many times as long as an idle one. */
	timeoutMs?: number;
	intervalMs?: number;
	signal?: AbortSignal;
}

/**
 * Waits until a condition holds.
 *
 * @param what the state that is waited for; an error after the limit names it
 * @throws when the limit is reached, or what the condition throws
 */
export async function waitUntil(
	what: string,
	condition: () => boolean | Promise<boolean>,
	{ timeoutMs = 120_000, intervalMs = 50, signal }: WaitOptions = {},
): Promise<void> {
	const message = `Waited ${timeoutMs / 1000} s in vain until ${what}`;
	const timeout = { milliseconds: timeoutMs, message };
	await pWaitFor(condition, { interval: intervalMs, timeout, signal });
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
