import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCount, isPossible, NeighbourScene } from '../support/e2e/neighbour-scene.mts';

/** `SCENE=queue,postgres` tries the same there. */
const words = (process.env.SCENE ?? '').split(',');
const place = { queue: words.includes('queue'), postgres: words.includes('postgres') };

/** Each with an RSS, a Schedule and a Webhook trigger beside ours; all of them store something. */
describe.runIf(isPossible(place))('another trigger in the workflow', () => {
	let scene: NeighbourScene;
	beforeAll(async () => (scene = await NeighbourScene.open(place)));
	afterAll(async () => await scene?.close());

	it('each change comes once beside another trigger that stores something, over two orderly stops and two kills of n8n', async () => {
		await scene.live('stop', 'stop', 'kill', 'kill');
		for (const outcome of Object.values(await scene.outcomes())) {
			expect(outcome).toEqual({ twice: [], lost: [], isPutBack: false });
		}
	});

	it.runIf(canCount(place))(
		'what a webhook stores while a recovered execution runs is not put back',
		async () => {
			expect(await scene.countDuringRecovery()).toEqual([1, 3, 3, 4]);
		},
	);
});
