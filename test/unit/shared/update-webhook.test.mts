import { describe, expect, it } from 'vitest';

import { failed, success } from '../../../nodes/CxoneExpert/api/result.ts';
import { inRounds } from '../../../nodes/CxoneExpert/shared/update-webhook.ts';

describe('inRounds', () => {
	const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

	/** Runs that many calls, of which the named ones fail; notes how many ran side by side. */
	async function run(count: number, failing: string[] = []) {
		const started: string[] = [];
		let running = 0;
		let maxConcurrent = 0;
		const result = await inRounds(names(count), async (name) => {
			started.push(name);
			maxConcurrent = Math.max(maxConcurrent, ++running);
			await new Promise((resolve) => setImmediate(resolve));
			running--;
			return failing.includes(name)
				? failed({ kind: 'unexpected', subject: name })
				: success(undefined);
		});
		return { result, started, maxConcurrent };
	}

	it.each([
		[0, 0],
		[1, 1],
		[3, 1],
		[4, 2],
		[27, 9],
	])('inRounds makes %i calls with at most %i concurrent ones', async (count, expected) => {
		const { result, started, maxConcurrent } = await run(count);
		expect(result).toEqual({ ok: true, value: undefined });
		expect(started).toEqual(names(count));
		expect(maxConcurrent).toBe(expected);
	});

	it('inRounds stops after the first round with a failure', async () => {
		const { result, started } = await run(6, ['1', '4']);
		expect(result).toMatchObject({ ok: false, failure: { subject: '1' } });
		expect(started).toEqual(['0', '1']);
	});
});
