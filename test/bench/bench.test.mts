import { describe, expect, it } from 'vitest';

import { inTurn, microseconds, ratio, type Subject } from './harness.mts';
import { atLeast, atMost, comparison, markdown, type Row, written } from './report.mts';

/** Subjects that do nothing, and a clock that returns these times in turn. */
function measured(times: Record<string, number[]>) {
	const called: string[] = [];
	const left = structuredClone(times);
	const measure = async ({ name }: Subject) => {
		called.push(name);
		return left[name]!.shift()!;
	};
	const subjects = Object.keys(times).map((name) => ({ name, run: () => {} }));
	return { called, measure, subjects };
}

describe('rounds', () => {
	it('rounds run the subjects in turn, without the first time of each', async () => {
		const { called, measure, subjects } = measured({ A: [900, 1, 2], B: [900, 3, 4] });
		const timings = await inTurn(subjects, { rounds: 2, measure });
		expect(called.join(' ')).toBe('A B A B A B');
		expect(timings).toEqual([
			{ name: 'A', rounds: [1, 2] },
			{ name: 'B', rounds: [3, 4] },
		]);
	});

	it('rounds call the subject to be timed', async () => {
		let calls = 0;
		const subject = { name: 'counts', run: () => (calls += 1) };
		const [timing] = await inTurn([subject], { rounds: 1 });
		expect(calls).toBeGreaterThan(1);
		expect(timing!.rounds).toEqual([expect.any(Number)]);
	});

	it('rounds wait for asynchronous subjects', async () => {
		let [begun, ended] = [0, 0];
		const run = async () => {
			begun += 1;
			await new Promise(setImmediate);
			ended += 1;
		};
		await inTurn([{ name: 'waits', run }], { rounds: 1 });
		expect(ended).toBe(begun);
	});
});

describe('ratios', () => {
	const base = { name: 'A', rounds: [10, 10, 1000, 10, 10] };

	it('a ratio compares within each round, so that a slow moment affects both', () => {
		const slowToo = { name: 'B', rounds: [20, 20, 2000, 20, 20] };
		expect(ratio(slowToo, base)).toEqual({ ratio: 2, middle: [2, 2] });
	});

	it('a ratio is the median, with the middle half of the rounds', () => {
		const uneven = { name: 'B', rounds: [10, 20, 3000, 40, 50] };
		expect(ratio(uneven, base)).toEqual({ ratio: 3, middle: [2, 4] });
	});

	it('the time of a subject is its median in microseconds', () => {
		expect(microseconds({ name: 'A', rounds: [1000, 9000, 2000] })).toBe(2);
	});
});

describe('the report', () => {
	it('the report compares with the first subject, in a Markdown table', () => {
		const table = comparison('Of two', [
			{ name: 'A', rounds: [1000, 1000, 1000, 1000, 1000] },
			{ name: 'B', rounds: [1500, 1234, 2000, 9000, 1000] },
		]);
		expect(markdown({ tables: [table], goals: [] })).toBe(
			[
				'Of two',
				'',
				'| what | ratio | middle half |  µs |',
				'| :--- | ----: | :---------- | --: |',
				'| A    |     1 | 1 – 1       |   1 |',
				'| B    |   1.5 | 1.23 – 2    | 1.5 |',
				'',
			].join('\n'),
		);
	});

	it('the report says of each goal whether it was met', () => {
		const goals = [atMost(1.2, 'cost', 1.2), atMost(1.2, 'cost', 1.21), atLeast(2, 'gain', 2.5)];
		expect(markdown({ tables: [], goals }).split('\n').slice(4, 7)).toEqual([
			'| cost: at most 1.2 |      1.2 | yes |',
			'| cost: at most 1.2 |     1.21 | no  |',
			'| gain: at least 2  |      2.5 | yes |',
		]);
	});

	it('the report shows a dash where a row has no value', () => {
		const rows: Row[] = [{ a: 1 }, { a: 2, b: 3 }];
		expect(markdown({ tables: [{ title: '', rows }], goals: [] })).toMatch(/\| +1 \| +– \|/);
	});

	it.each([
		[0.123456, '0.123'],
		[12.3456, '12.3'],
		[1234.56, '1235'],
		[100_000, '100000'],
		['text', 'text'],
	])('the report writes %s as %s', (value, text) => {
		expect(written(value)).toBe(text);
	});
});
