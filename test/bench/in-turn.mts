import { median, quantile } from 'simple-statistics';

/** One round of something that is measured; gives its figure. */
export type Round = () => Promise<number>;

/**
 * Measures in turn, A B A B, so that a machine that is busy for a while is busy for all of them. Each
 * round begins with another one, and the first round does not count.
 */
export async function inTurn(measured: Round[], rounds: number): Promise<number[][]> {
	const figures = measured.map((): number[] => []);
	for (let round = 0; round <= rounds; round++) {
		for (let turn = 0; turn < measured.length; turn++) {
			const index = (round + turn) % measured.length;
			const figure = await measured[index]!();
			if (round > 0) figures[index]!.push(figure);
		}
	}
	return figures;
}

/** Compares within each round: the median of the ratios, and where the middle half of them lies. */
export function ratio(figures: number[], base: number[]) {
	const ratios = figures.map((figure, round) => figure / base[round]!);
	return { ratio: median(ratios), half: [0.25, 0.75].map((part) => quantile(ratios, part)) };
}
