import { expect, inject, it } from 'vitest';
import { runChaos } from '../../support/chaos/chaos.mts';
import { quickPatientSite } from '../../support/chaos/patient-site.mts';

const options = {
	acknowledge: 'saved',
	work: 0,
	kills: 3,
	maxUptimeMs: 5_000,
	seed: Date.now() % 1_000_000,
	rate: 2,
} as const;

it('no event is lost or runs twice unmarked while a real n8n is killed again and again', async () => {
	console.log('The small size of "npm run chaos":', options);
	const tarball = inject('tarball');
	const { fates, rerun } = await runChaos(options, quickPatientSite, tarball, console.log);
	expect(fates.events).toBeGreaterThan(0);
	expect(fates.attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
	expect(fates.lost).toEqual([]);
	expect(fates.unmarkedDuplicates).toEqual([]);
	expect(rerun.left).toEqual([]);
}, 900_000);
