import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitFor, waitUntil, waitUntilEmpty } from './wait.mts';

const never = new Promise<never>(() => {});

describe('waiting', () => {
	it('a wait ends when its condition holds, and returns the value that it waited for', async () => {
		let looks = 0;
		const third = () => (++looks < 3 ? undefined : looks);
		expect(await waitFor('there is a third look', third, { intervalMs: 1 })).toBe(3);
	});

	it.each([
		['is false', () => false],
		['never returns', async () => await never],
	])('a wait whose condition %s says after its limit what it waited for', async (_, condition) => {
		const waiting = waitUntil('pigs fly', condition, { timeoutMs: 20, intervalMs: 1 });
		await expect(waiting).rejects.toThrow('Waited 0.02 s in vain until pigs fly');
	});

	it('a wait fails with what its condition throws', async () => {
		const failing = () => {
			throw new Error('the pig has died');
		};
		await expect(waitUntil('pigs fly', failing)).rejects.toThrow('the pig has died');
	});
});

describe('waiting for the end of work', () => {
	afterEach(() => void vi.useRealTimers());

	/** A set of work that takes itself out of it. */
	function track(work: Set<Promise<void>>, each: Promise<void>): void {
		work.add(each);
		void each.finally(() => work.delete(each));
	}

	it('work that begins meanwhile is waited for, also where timers stand still', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const work = new Set<Promise<void>>();
		const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		let hasEnded = false;
		track(work, first.promise);
		const waiting = waitUntilEmpty('all is done', work).then(() => (hasEnded = true));
		track(work, second.promise);
		first.resolve();
		await turn();
		expect(hasEnded).toBe(false);
		second.resolve();
		await waiting;
	});

	it('work that never ends is waited for up to the limit', async () => {
		const waiting = waitUntilEmpty('all is done', new Set([never]), { timeoutMs: 20 });
		await expect(waiting).rejects.toThrow('Waited 0.02 s in vain until all is done');
	});
});
