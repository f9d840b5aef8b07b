import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosOptions, type ChaosReport, runChaos } from '../support/chaos/chaos.mts';
import { patientSite } from '../support/simulator/settings.mts';
import { figuresTable } from '../support/figures-table.mts';
import { packPackage } from '../support/n8n/pack.mts';

const usage = `Kills a real n8n again and again while events are delivered, and counts what became of them.

  node test/chaos/main.mts           all modes, about 35 minutes

  --mode NAME    saved, saved-slow (a node that takes 200 ms) or immediately; may be repeated
  --executions V severalInBurst (the default), one or severalWhenBusy: deliveries per execution
  --kills N      kills per mode (default 20)
  --rate N       events per second (default 1; where several are to start one execution, more, or n8n is never busy)
  --seed N       the moments of the kills; printed, so that a run can be repeated

Ends with 1 when an event was lost, ran twice without a mark, or could not be run again. In the mode
"immediately" lost events do not count: what was acknowledged and not yet saved is lost with n8n.
`;

const modes: Record<string, Pick<ChaosOptions, 'acknowledge' | 'work'>> = {
	saved: { acknowledge: 'saved', work: 0 },
	'saved-slow': { acknowledge: 'saved', work: 200 },
	immediately: { acknowledge: 'immediately', work: 0 },
};

const { values } = parseArgs({
	options: {
		mode: { type: 'string', multiple: true, default: Object.keys(modes) },
		executions: { type: 'string', default: 'severalInBurst' },
		kills: { type: 'string', default: '20' },
		rate: { type: 'string', default: '1' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		help: { type: 'boolean', default: false },
	},
});

if (values.help || values.mode.some((mode) => !(mode in modes))) console.log(usage);
else process.exit((await run()).every(isKept) ? 0 : 1);

async function run(): Promise<ChaosReport[]> {
	const options = {
		deliveriesPerExecution: [values.executions] as ChaosOptions['deliveriesPerExecution'],
		kills: Number(values.kills),
		maxUptimeMs: 10_000,
		rate: Number(values.rate),
		seed: Number(values.seed),
	};
	const tarball = await packPackage();
	const reports: ChaosReport[] = [];
	for (const mode of values.mode) {
		console.log(`\n${mode}: ${options.kills} kills, seed ${options.seed}`);
		const say = (text: string) => console.log(`  ${text}`);
		reports.push(...(await runChaos({ ...options, ...modes[mode]! }, patientSite, tarball, say)));
	}
	await rm(dirname(tarball), { recursive: true });
	const rows = reports.map((report, index) => ({ mode: values.mode[index], ...figures(report) }));
	console.log(`\n${figuresTable(rows)}`);
	return reports;
}

/** Whether the promise of the mode was kept. */
function isKept({ acknowledge, fates, rerun }: ChaosReport): boolean {
	const hasDuplicates = fates.unmarkedDuplicates.length > 0 || rerun.left.length > 0;
	return !hasDuplicates && (fates.lost.length === 0 || acknowledge === 'immediately');
}

function figures({ seconds, fates, rerun }: ChaosReport) {
	return {
		seconds,
		events: fates.events,
		attempts: fates.attempts.length,
		failed: fates.attempts.filter(({ failureReason }) => failureReason !== '').length,
		executions: fates.executions,
		lost: fates.lost.length,
		'of these acknowledged': fates.lostAcknowledged.length,
		'ran twice, not marked': fates.unmarkedDuplicates.length,
		'ran twice, marked': fates.markedDuplicates.length,
		'ran once, marked': fates.markedInVain.length,
		interrupted: fates.interrupted.length,
		'left after a retry': rerun.left.length,
	};
}
