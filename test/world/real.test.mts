import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scene } from '../support/e2e/scene.mts';
import { loosened, play, SEEDS, stepsOf } from './compared.mts';
import { liveReal, SharedN8n } from './real.mts';
import { inThread } from './thread.mts';

/*
 * Whether the simulated n8n does what a real one does: the same steps in both, and two stories. A world that differs
 * is lived again: a fault of the simulation differs each time, and a machine that was too busy does not.
 */

const MAX_LIVES = 3;

const WORLDS = SEEDS.map((seed) => ({
	seed,
	acts: stepsOf(seed)
		.map(({ act }) => act)
		.join(', '),
}));

let scene: Scene;
/** What the last life of each world had that the other story has not. */
const differences = new Map<number, string>();

beforeAll(async () => {
	const simulated = await inThread<string[]>('compared.worker.mts', SEEDS);
	const stories = new Map(SEEDS.map((seed, index) => [seed, simulated[index]!]));
	scene = await Scene.open({}, { N8N_EXPRESSION_ENGINE: 'legacy' });
	let differing = SEEDS;
	for (let life = 1; life <= MAX_LIVES && differing.length > 0; life++) {
		const shared = new SharedN8n(scene);
		await Promise.all(
			differing.map(async (seed) => differences.set(seed, await differenceOf(seed, stories.get(seed)!, shared))),
		);
		differing = SEEDS.filter((seed) => differences.get(seed) !== '');
		for (const seed of differing) console.log(`World ${seed}, life ${life}: ${differences.get(seed)}`);
	}
	// As long as the machine takes: each wait in it has its own limit.
}, 0);
afterAll(async () => await scene?.close());

it.each(WORLDS)('world $seed has the same story on a real n8n as in the simulation: $acts', ({ seed }) => {
	expect(differences.get(seed)).toBe('');
});

/** One text, since a log of CI cuts lists short. */
async function differenceOf(seed: number, simulated: string[], shared: SharedN8n): Promise<string> {
	try {
		const live = liveReal(seed, shared, async (world) => await play(world, stepsOf(seed)));
		const { story, latePages } = await live;
		const real = loosened(story, latePages);
		const expected = loosened(simulated, latePages);
		const lines = [
			...missingFrom(expected, real).map((line) => `real n8n: ${line}`),
			...missingFrom(real, expected).map((line) => `simulation: ${line}`),
		];
		return lines.join('; ');
	} catch (thrown) {
		return String(thrown);
	}
}

function missingFrom(story: string[], other: string[]): string[] {
	return other.filter((line) => !story.includes(line));
}
