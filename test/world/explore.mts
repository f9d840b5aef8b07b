import { Chance } from './clock.mts';
import type { Package } from './process.mts';
import { runWorld, type Step, stepsOf, type Told } from './run.mts';

/*
 * Worlds by what they reach instead of by chance alone: one that reaches a state which none has reached is kept, and
 * those with the rarest states are varied.
 */

/** Worlds that vary none. */
const NEW_SHARE = 0.2;

interface Search {
	/** Of the first world. */
	seed: number;
	count: number;
	/** Of each world. */
	steps: number;
	only?: string[] | undefined;
}

export async function* explore({ seed, count, steps, only }: Search, load: Package) {
	const chance = new Chance(seed);
	const reached = new Map<string, number>();
	const kept: Told[] = [];
	const rarity = ({ states }: Told) => Math.min(...states.map((state) => reached.get(state)!));
	for (let index = 0; index < count; index++) {
		const drawn = stepsOf(seed + index, steps, only);
		const some = chance.is(NEW_SHARE) ? [] : Array.from({ length: 3 }, () => chance.pick(kept));
		const [parent] = some.filter(Boolean).sort((one, other) => rarity(one) - rarity(other));
		const told =
			parent === undefined
				? await runWorld(seed + index, drawn, load)
				: await runWorld(parent.seed, varied(parent.steps, drawn, chance), load);
		if (told.states.some((state) => !reached.has(state))) kept.push({ ...told, story: [] });
		for (const state of told.states) reached.set(state, (reached.get(state) ?? 0) + 1);
		yield told;
	}
}

/** A few steps repeated, left out, replaced by others, or done in another way. */
function varied(steps: Step[], others: Step[], chance: Chance): Step[] {
	let all = steps;
	for (let left = 1 + chance.int(3); left > 0; left--) {
		const [at, length] = [chance.int(all.length), 1 + chance.int(4)];
		const piece = all.slice(at, at + length);
		const [gone, come] = chance.pick([
			[0, piece],
			[length, []],
			[length, others.slice(at, at + length)],
			[length, piece.map(({ act }) => ({ act, seed: chance.int(100_000) }))],
		]);
		all = all.toSpliced(at, gone, ...come);
	}
	return all.slice(0, others.length);
}
