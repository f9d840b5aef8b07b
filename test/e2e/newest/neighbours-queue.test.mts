import { describe, expect, it, onTestFinished } from 'vitest';
import { NeighbourScene, programs } from '../../support/e2e/neighbour-scene.mts';
import { lacks } from '../../support/programs.mts';

const place = { queue: true, postgres: true };

describe.skipIf(lacks(await programs(place)))(
	'another trigger, in queue mode on PostgreSQL',
	() => {
		it('in queue mode each change comes once beside another trigger that stores something, over a kill of n8n', async () => {
			const scene = await NeighbourScene.open(place);
			onTestFinished(async () => await scene.close());
			await scene.live('kill');
			for (const outcome of Object.values(await scene.outcomes())) {
				expect(outcome).toEqual({ twice: [], lost: [], isPutBack: false });
			}
		});
	},
);
