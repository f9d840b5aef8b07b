import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scene } from '../support/e2e/scene.mts';
import { loosened, play, SEEDS, stepsOf } from './compared.mts';
import { liveReal, SharedN8n } from './real.mts';
import { inThread } from './thread.mts';

/* Whether the simulated n8n does what a real one does: the same steps in both, and two stories. */

let scene: Scene;
let simulated: string[][];
let real: Array<PromiseSettledResult<{ story: string[]; latePages: Set<string> }>>;

beforeAll(async () => {
	simulated = await inThread<string[]>('compared.worker.mts', SEEDS);
	scene = await Scene.open({}, { N8N_EXPRESSION_ENGINE: 'legacy' });
	const shared = new SharedN8n(scene);
	const live = async (seed: number) => await liveReal(seed, shared, async (world) => await play(world, stepsOf(seed)));
	real = await Promise.allSettled(SEEDS.map(live));
	// As long as the machine takes: each wait in it has its own limit.
}, 0);
afterAll(async () => await scene?.close());

const WORLDS = SEEDS.map((seed, index) => {
	const acts = stepsOf(seed).map(({ act }) => act);
	return { seed, index, acts: acts.join(', ') };
});

it.each(WORLDS)('world $seed has the same story on a real n8n as in the simulation: $acts', ({ index }) => {
	const lived = real[index]!;
	if (lived.status === 'rejected') throw lived.reason;
	const { story, latePages } = lived.value;
	expect(loosened(story, latePages)).toEqual(loosened(simulated[index]!, latePages));
});
