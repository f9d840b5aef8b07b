import { median } from 'simple-statistics';

/**
 * Measures in turn, A B A B, so that a machine that is busy for a while is busy for all of them. Each
 * round begins with another one, and the first round does not count.
 *
 * @returns what was measured in each round, by subject
 */
export async function inTurn<Subject, Measured>(
	subjects: Subject[],
	rounds: number,
	measure: (subject: Subject) => Promise<Measured>,
): Promise<Map<Subject, Measured[]>> {
	const measured = new Map(subjects.map((subject) => [subject, [] as Measured[]]));
	for (let round = 0; round <= rounds; round++) {
		for (let turn = 0; turn < subjects.length; turn++) {
			const subject = subjects[(round + turn) % subjects.length]!;
			const result = await measure(subject);
			if (round > 0) measured.get(subject)!.push(result);
		}
		console.log(round === 0 ? 'Warmed up.' : `Round ${round} of ${rounds} is done.`);
	}
	return measured;
}

/** The median of several rounds, and the least and the most. */
export interface Spread {
	value: number;
	low: number;
	high: number;
}

export function spread(figures: number[]): Spread {
	return { value: median(figures), low: Math.min(...figures), high: Math.max(...figures) };
}

/** Compares within each round, unless nothing has come of one. */
export function ratio(figures: number[], base: number[]): Spread {
	const ratios = figures.map((figure, round) => figure / base[round]!).filter(Number.isFinite);
	return spread(ratios.length > 0 ? ratios : [0]);
}
