import { expect, it } from 'vitest';
import { inTurn, middle, ratio } from './in-turn.mts';

it('rounds run the subjects in turn, each round begins with another, and the first does not count', async () => {
	const called: string[] = [];
	const subject = (name: string, figures: number[]) => ({
		name,
		round: async () => {
			called.push(name);
			return figures.shift()!;
		},
	});
	const figures = await inTurn([subject('A', [900, 1, 2]), subject('B', [900, 3, 4])], 2);
	expect(called.join(' ')).toBe('A B B A A B');
	expect(figures).toEqual([
		{ name: 'A', rounds: [1, 2] },
		{ name: 'B', rounds: [3, 4] },
	]);
});

it('a ratio compares within each round, so that a slow moment affects both', () => {
	const base = { name: 'A', rounds: [10, 10, 1000, 10, 10] };
	const slowToo = { name: 'B', rounds: [20, 20, 2000, 20, 20] };
	expect(ratio(slowToo, base)).toEqual({ ratio: 2, half: [2, 2] });
	const uneven = { name: 'B', rounds: [10, 20, 3000, 40, 50] };
	expect(ratio(uneven, base)).toEqual({ ratio: 3, half: [2, 4] });
	expect(middle(uneven)).toBe(40);
});
