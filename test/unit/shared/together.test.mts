import { describe, expect, it } from 'vitest';

import { together } from '../../../nodes/CxoneExpert/shared/together.ts';
import { gate } from '../../support/integration/gate.mts';

const double = async (numbers: number[]) => numbers.map((number) => 2 * number);

describe('together', () => {
	it('calls that come while one is worked on are done in one go, and each has its own response', async () => {
		const goes: number[][] = [];
		const work = async (numbers: number[]) => {
			goes.push([...numbers]);
			return await double(numbers);
		};
		const responses = [1, 2, 3].map(async (number) => await together('k', number, work));
		await Promise.resolve();
		await Promise.resolve();
		responses.push(together('k', 4, work));
		expect(await Promise.all(responses)).toEqual([2, 4, 6, 8]);
		expect(goes.flat()).toEqual([1, 2, 3, 4]);
		expect(goes.length).toBeLessThan(4);
	});

	it('calls under different keys do not wait for each other', async () => {
		const work = gate();
		const waiting = together('a', 1, async (numbers: number[]) => {
			await work.wait();
			return await double(numbers);
		});
		expect(await together('b', 2, double)).toBe(4);
		// Other tests of this process use the same keys.
		work.open();
		expect(await waiting).toBe(2);
	});

	it('what fails fails for all who share it, and for nobody after them', async () => {
		const fail = async () => await Promise.reject(new Error('down'));
		const calls = [1, 2].map(async (number) => await together('c', number, fail));
		const settled = await Promise.allSettled(calls);
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(await together('c', 3, double)).toBe(6);
	});
});
