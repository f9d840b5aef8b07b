import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../support/n8n/pack.mts';
import { n8nVersion } from '../support/n8n/runtime.mts';
import { patientSite } from '../support/chaos/patient-site.mts';
import { type ChaosOptions, type ChaosReport, runChaos } from '../support/chaos/chaos.mts';
import { table } from './table.mts';

const usage = `Kills a real n8n again and again while events are delivered, and counts what became of them.

  npm run chaos                      all modes, about 35 minutes

  --mode NAME    saved, saved-slow (a node that takes 200 ms) or immediately; may be repeated
  --several      several deliveries start one execution when n8n is busy
  --kills N      kills per mode (default 20)
  --rate N       events per second (default 1; with --several more, or n8n is never busy)
  --seed N       the moments of the kills; printed, so that a run can be repeated
  --json FILE    the figures for machines

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
		several: { type: 'boolean', default: false },
		kills: { type: 'string', default: '20' },
		rate: { type: 'string', default: '1' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		json: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

const unknown = values.mode.filter((mode) => !(mode in modes));
if (values.help || unknown.length > 0) console.log(usage);
else process.exit(await run());

async function run(): Promise<number> {
	const deliveriesPerExecution: ChaosOptions['deliveriesPerExecution'] = values.several
		? 'severalWhenBusy'
		: 'one';
	const kills = Number(values.kills);
	const rate = Number(values.rate);
	const seed = Number(values.seed);
	const tarball = await packPackage();
	const reports: Record<string, ChaosReport> = {};
	for (const mode of values.mode) {
		const options = {
			...modes[mode]!,
			deliveriesPerExecution,
			kills,
			maxUptimeMs: 10_000,
			rate,
			seed,
		};
		console.log(`\n${mode}: ${kills} kills, ${rate} events per second, seed ${seed}`);
		reports[mode] = await runChaos(options, patientSite, tarball, (text) =>
			console.log(`  ${text}`),
		);
		// After each mode: what has been measured is not lost when a later one cannot be.
		console.log(`\n${table(reports)}`);
		if (values.json) await writeJson(values.json, reports);
	}
	await rm(dirname(tarball), { recursive: true });
	return Object.values(reports).every(isKept) ? 0 : 1;
}

/** Whether the promise of the mode was kept. */
function isKept({ acknowledge, fates, rerun }: ChaosReport): boolean {
	const hasDuplicates = fates.unmarkedDuplicates.length > 0 || rerun.left.length > 0;
	return !hasDuplicates && (fates.lost.length === 0 || acknowledge === 'immediately');
}

async function writeJson(file: string, reports: Record<string, ChaosReport>) {
	const about = { n8n: n8nVersion, node: process.version, date: new Date().toISOString() };
	const counted = (key: string, value: unknown[]) => (key === 'attempts' ? value.length : value);
	await writeFile(file, `${JSON.stringify({ ...about, reports }, counted, '\t')}\n`);
}
