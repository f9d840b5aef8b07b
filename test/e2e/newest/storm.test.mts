import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	KEEP_EXECUTIONS,
	storm,
	type StormFigures,
	type StormOptions,
} from '../../support/storm/storm.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { withCode } from '../../support/n8n/settings.mts';

/** `node test/storm/main.mts` does the same with ten thousand. */
/** Longer than with Expert: else most requests to a busy n8n would be in vain. */
const timeoutMs = 5_000;
const usual = {
	...{ seed: 1, restart: false, code: false, timeoutMs },
	deliveriesPerExecution: 'one',
} as const;
const several = { deliveriesPerExecution: 'severalInBurst' } as const;
const minutes = 60_000;

/** n8n's default engine is several times slower: more at once would only wait for each other. */
const legacy = { engine: 'legacy', concurrency: 25, deliveries: 200 };
const vm = { engine: 'vm', concurrency: 4, deliveries: 40 };

describe.each([
	{ ...legacy, once: usual, restarted: several },
	{ ...vm, once: several, restarted: usual },
])(
	'a storm of copies, expression engine $engine',
	({ engine, concurrency, deliveries, once, restarted }) => {
		let scene: Scene;
		const open = async () =>
			await Scene.open({}, { ...withCode, ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: engine });
		beforeAll(async () => (scene = await open()));
		afterAll(async () => await scene.close());

		async function run(options: Partial<StormOptions>): Promise<StormFigures> {
			const figures = await storm(scene, { ...usual, concurrency, deliveries, ...options });
			console.log({ engine, concurrency, ...usual, ...options, ...figures });
			return figures;
		}

		it(
			`each of ${deliveries} deliveries sent in copies runs once, deliveries per execution: ${once.deliveriesPerExecution} (engine ${engine})`,
			{ timeout: 10 * minutes },
			async () => {
				const figures = await run(once);
				expect(figures).toMatchObject({ ...asPromised(deliveries), markedDuplicates: 0 });
				const isShared = once.deliveriesPerExecution === 'severalInBurst';
				expect(figures.executions < deliveries).toBe(isShared);
			},
		);

		it(
			`no delivery is lost or runs twice unmarked over a restart beside a node that writes static data, deliveries per execution: ${restarted.deliveriesPerExecution} (engine ${engine})`,
			{ timeout: 10 * minutes },
			async () => {
				const figures = await run({ ...restarted, restart: true, code: true });
				expect(figures).toMatchObject(asPromised(deliveries));
			},
		);
	},
);

/** Every delivery ran; none ran twice in silence, nor at all when Expert had been told that it ran. */
function asPromised(deliveries: number): Partial<StormFigures> {
	return { deliveries, lost: 0, unmarkedDuplicates: 0, duplicatesOfAcknowledged: 0 };
}
