import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	KEEP_EXECUTIONS,
	storm,
	type StormFigures,
	type StormOptions,
} from '../../support/storm/storm.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { withCode } from '../../support/n8n/settings.mts';

/** More than these take longer than a test may: with `--testTimeout=0`. */
const DELIVERIES = Number(process.env.STORM_DELIVERIES ?? 100);

const usual: StormOptions = {
	...{ deliveries: DELIVERIES, concurrency: 25, seed: 1, restart: false, code: false },
	// Longer than with Expert: else most requests to a busy n8n would be in vain.
	timeoutMs: 5_000,
	deliveriesPerExecution: 'one',
};

/** Every delivery ran; none ran twice in silence, nor at all when Expert had been told that it ran. */
const asPromised: Partial<StormFigures> = {
	...{ deliveries: DELIVERIES, lost: 0, unmarkedDuplicates: [], duplicatesOfAcknowledged: 0 },
};

describe('a storm of copies', () => {
	let scene: Scene;
	beforeAll(async () => {
		// n8n's default engine is several times slower: more at once would only wait for each other.
		const env = { ...withCode, ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: 'legacy' };
		scene = await Scene.open({}, env);
	});
	afterAll(async () => await scene?.close());

	async function run(options: Partial<StormOptions> = {}): Promise<StormFigures> {
		const figures = await storm(scene, { ...usual, ...options });
		console.log({ ...usual, ...options, ...figures });
		return figures;
	}

	it('each of many deliveries sent in copies runs once or is marked', async () => {
		expect(await run()).toMatchObject(asPromised);
	});

	it('no delivery is lost or runs twice unmarked over a restart beside a node that writes static data, several deliveries per execution', async () => {
		const several = { deliveriesPerExecution: 'severalInBurst' } as const;
		const figures = await run({ ...several, restart: true, code: true });
		expect(figures).toMatchObject(asPromised);
		expect(figures.executions).toBeLessThan(DELIVERIES);
	});
});
