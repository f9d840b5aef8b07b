import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { atDeadline, beforeDeadline } from '../../../nodes/CxoneExpert/api/deadline.ts';
import { RESPONSE_DEADLINE_MS } from '../../../nodes/CxoneExpert/protocol/deadlines.ts';
import { PRESUMPTION_MS } from '../../../nodes/CxoneExpert/trigger/delivery/save.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const deadline = () => performance.now() + RESPONSE_DEADLINE_MS;

/** Whether anything still holds it. */
async function isRetained(held: WeakRef<object>): Promise<boolean> {
	// What is looked at through a WeakRef stays until the next turn.
	await nextTurn();
	collectGarbage();
	return held.deref() !== undefined;
}

describe('RESPONSE_DEADLINE_MS', () => {
	it('the deadline leaves room within the second that Expert gives', () => {
		expect(RESPONSE_DEADLINE_MS).toBeLessThanOrEqual(900);
	});

	it('what n8n has written is presumed saved while a 200 still comes in time', () => {
		expect(PRESUMPTION_MS).toBeLessThanOrEqual(RESPONSE_DEADLINE_MS - 200);
	});
});

it('atDeadline retains nothing of what was cancelled while its timer runs on', async () => {
	const wait = () => {
		const delivery = { body: 'of a delivery' };
		atDeadline(deadline(), () => void delivery.body)();
		return new WeakRef(delivery);
	};
	expect(await isRetained(wait())).toBe(false);
	expect(vi.getTimerCount()).toBe(1);
});

it('beforeDeadline retains no result while its timer runs on', async () => {
	const wait = async () => {
		const file = { bytes: 'of a file' };
		await beforeDeadline(deadline(), Promise.resolve(file));
		return new WeakRef(file);
	};
	expect(await isRetained(await wait())).toBe(false);
	expect(vi.getTimerCount()).toBe(1);
});
