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
const several = { deliveriesPerExecution: 'severalWhenBusy' } as const;
const minutes = 60_000;

describe.each([
	['legacy', 25, 200],
	// n8n's default engine is several times slower: more at once would only wait for each other.
	['vm', 4, 40],
])('a storm of copies, expression engine %s, %i at once', (engine, concurrency, deliveries) => {
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
		`each of ${deliveries} deliveries sent in copies runs once (engine ${engine})`,
		{ timeout: 10 * minutes },
		async () => {
			expect(await run({})).toMatchObject({ executions: deliveries, ...asPromised(deliveries) });
		},
	);

	it(
		`no delivery is lost or runs twice unmarked over a restart in the middle (engine ${engine})`,
		{ timeout: 10 * minutes },
		async () => {
			expect(await run({ restart: true })).toMatchObject(asPromised(deliveries));
		},
	);

	it(
		`each of ${deliveries} deliveries sent in copies runs once in fewer executions, several when busy (engine ${engine})`,
		{ timeout: 10 * minutes },
		async () => {
			const figures = await run(several);
			expect(figures).toMatchObject({ ...asPromised(deliveries), markedDuplicates: 0 });
			expect(figures.executions).toBeLessThan(deliveries);
		},
	);

	it(
		`no delivery is lost or runs twice unmarked over a restart, several when busy (engine ${engine})`,
		{ timeout: 10 * minutes },
		async () => {
			expect(await run({ ...several, restart: true, code: true })).toMatchObject(
				asPromised(deliveries),
			);
		},
	);

	it(
		`no delivery is lost or runs twice unmarked when another node writes static data (engine ${engine})`,
		{ timeout: 10 * minutes },
		async () => {
			const few = deliveries / 2;
			const figures = await run({ code: true, restart: true, deliveries: few });
			expect(figures).toMatchObject(asPromised(few));
		},
	);
});

/** Every delivery ran; none ran twice in silence, nor at all when Expert had been told that it ran. */
function asPromised(deliveries: number): Partial<StormFigures> {
	return { deliveries, lost: 0, unmarkedDuplicates: 0, duplicatesOfAcknowledged: 0 };
}
