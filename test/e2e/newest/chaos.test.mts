import { expect, it } from 'vitest';
import { type ChaosOptions, runChaos } from '../../support/chaos/chaos.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';

const OPTIONS: ChaosOptions = {
	deliveriesPerExecution: ['severalInBurst', 'one'],
	kills: Number(process.env.CHAOS_KILLS ?? 2),
	maxUptimeMs: 5_000,
	seed: Date.now() % 1_000_000,
	// So many that some start an execution together.
	rate: 4,
};

it('no event is lost or runs twice unmarked while a real n8n is killed again and again, one or several deliveries per execution', async () => {
	console.log(OPTIONS);
	const reports = await runChaos(OPTIONS, quickPatientSite);
	expect(reports).toHaveLength(2);
	for (const [index, { fates, rerun }] of reports.entries()) {
		expect(fates.events).toBeGreaterThan(0);
		expect(fates.attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
		expect(fates.lost).toEqual([]);
		expect(fates.unmarkedDuplicates).toEqual([]);
		expect(rerun.left).toEqual([]);
		const isShared = OPTIONS.deliveriesPerExecution[index] === 'severalInBurst';
		expect(fates.executions < fates.events).toBe(isShared);
	}
});
