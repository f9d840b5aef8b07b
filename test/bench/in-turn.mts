import { median, quantile } from 'simple-statistics';

/** Something that is measured in rounds, and gives a figure for each. */
export interface Subject {
	name: string;
	round: () => Promise<number>;
}

/** The figures of one subject, a round each. */
export interface Figures {
	name: string;
	rounds: number[];
}

/**
 * Measures the subjects in turn, A B A B, so that a machine that is busy for a while is busy for all of
 * them. Each round begins with another subject, and the first round does not count.
 */
export async function inTurn(subjects: Subject[], rounds: number): Promise<Figures[]> {
	const all: Figures[] = subjects.map(({ name }) => ({ name, rounds: [] }));
	for (let round = 0; round <= rounds; round++) {
		for (let turn = 0; turn < subjects.length; turn++) {
			const index = (round + turn) % subjects.length;
			const figure = await subjects[index]!.round();
			if (round > 0) all[index]!.rounds.push(figure);
		}
	}
	return all;
}

export function middle({ rounds }: Figures): number {
	return median(rounds);
}

/** Compares within each round: the median of the ratios, and where the middle half of them lies. */
export function ratio(figures: Figures, base: Figures): { ratio: number; half: [number, number] } {
	const ratios = figures.rounds.map((figure, round) => figure / base.rounds[round]!);
	return { ratio: median(ratios), half: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}
