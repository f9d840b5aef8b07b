import { describe, expect, it } from 'vitest';

import { batched } from '../../../../nodes/CxoneExpert/trigger/execution/marks.ts';

const double = async (numbers: number[]) => new Map(numbers.map((each) => [each, 2 * each]));

describe('batched', () => {
	it('calls that come during the work of another are done at once, and share the response', async () => {
		const goes: number[][] = [];
		const work = async (numbers: number[]) => {
			goes.push([...numbers]);
			return await double(numbers);
		};
		const responses = [1, 2, 3].map(async (number) => await batched('k', number, work));
		await Promise.resolve();
		await Promise.resolve();
		responses.push(batched('k', 4, work));
		const own = (await Promise.all(responses)).map((shared, index) => shared.get(index + 1));
		expect(own).toEqual([2, 4, 6, 8]);
		expect(goes.flat()).toEqual([1, 2, 3, 4]);
		expect(goes.length).toBeLessThan(4);
	});

	it('what fails fails for all who share it, and for nobody after them', async () => {
		const fail = async () => await Promise.reject(new Error('down'));
		const calls = [1, 2].map(async (number) => await batched('c', number, fail));
		const settled = await Promise.allSettled(calls);
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect((await batched('c', 3, double)).get(3)).toBe(6);
	});
});
