import { describe, expect, inject, it } from 'vitest';
import { runChaos } from '../../support/chaos/chaos.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';

const usual = {
	acknowledge: 'saved',
	work: 0,
	kills: 2,
	maxUptimeMs: 5_000,
	seed: Date.now() % 1_000_000,
} as const;

describe.each([
	// So many that some start an execution together.
	{ deliveriesPerExecution: 'severalInBurst', rate: 20 },
	{ deliveriesPerExecution: 'one', rate: 2 },
] as const)('kills, deliveries per execution: $deliveriesPerExecution', (differing) => {
	it(
		`no event is lost or runs twice unmarked while a real n8n is killed again and again (deliveries per execution: ${differing.deliveriesPerExecution})`,
		{ timeout: 900_000 },
		async () => {
			const options = { ...usual, ...differing };
			console.log('The small size of "node test/chaos/main.mts":', options);
			const tarball = inject('tarball');
			const { fates, rerun } = await runChaos(options, quickPatientSite, tarball, console.log);
			expect(fates.events).toBeGreaterThan(0);
			expect(fates.attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
			expect(fates.lost).toEqual([]);
			expect(fates.unmarkedDuplicates).toEqual([]);
			expect(rerun.left).toEqual([]);
			const isShared = options.deliveriesPerExecution === 'severalInBurst';
			expect(fates.executions < fates.events).toBe(isShared);
		},
	);
});
