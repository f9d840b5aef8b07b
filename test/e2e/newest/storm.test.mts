import { expect, it, onTestFinished } from 'vitest';
import { storm } from '../../support/storm/storm.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { withCode } from '../../support/n8n/settings.mts';

/** More than these take longer than a test may: with `--testTimeout=0`. */
const deliveries = Number(process.env.STORM_DELIVERIES ?? 100);

const env = {
	...withCode,
	// n8n prunes executions above a number, which would make the counting wrong.
	EXECUTIONS_DATA_PRUNE: 'false',
	// n8n's default engine is several times slower: more at once would only wait for each other.
	N8N_EXPRESSION_ENGINE: 'legacy',
};

it('of many deliveries in copies none is lost or runs twice unmarked over a restart beside a node that writes static data, several deliveries per execution', async () => {
	const scene = await Scene.open({}, env);
	onTestFinished(async () => await scene.close());
	const figures = await storm(scene, {
		...{ deliveries, concurrency: 25, restart: true },
		deliveriesPerExecution: 'severalInBurst',
	});
	console.log(figures);
	// None at all where Expert had been told that it ran.
	expect(figures).toMatchObject({
		...{ deliveries, lost: 0, unmarkedDuplicates: [], duplicatesOfAcknowledged: 0 },
	});
	expect(figures.executions).toBeLessThan(deliveries);
});
