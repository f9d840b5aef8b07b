import { execa } from 'execa';

/*
 * All tests, in two lanes: those that need processor time and little else, beside those that wait half of
 * theirs for a real n8n. Each command runs, whatever became of those before it.
 */

/** One test file at a time: what is left of two processors keeps n8n quick, and both lanes end together. */
const oneWorker = { VITEST_MAX_WORKERS: '1' };

const lanes: Array<{ reports: Record<string, string[]>; env?: Record<string, string> }> = [
	{
		reports: {
			coverage: ['unit', 'integration', 'integration-several', 'contract'],
			generated: ['fuzz', 'tables'],
		},
		env: oneWorker,
	},
	{ reports: { long: ['e2e', 'e2e-versions', 'browser'] } },
];

/** @param report the name of the one that CI counts */
async function succeeds(report: string, projects: string[], env?: Record<string, string>) {
	const { failed } = await execa(
		'vitest',
		[
			'run',
			...projects.flatMap((project) => ['--project', project]),
			...(report === 'coverage' ? ['--coverage'] : []),
			`--outputFile.json=.cache/test-results/${report}.json`,
		],
		{ env, stdio: 'inherit', reject: false, preferLocal: true },
	);
	return !failed;
}

async function succeedInTurn({ reports, env }: (typeof lanes)[number]): Promise<boolean> {
	let succeeded = true;
	for (const [report, projects] of Object.entries(reports)) {
		succeeded = (await succeeds(report, projects, env)) && succeeded;
	}
	return succeeded;
}

const succeeded = await Promise.all(lanes.map(succeedInTurn));
process.exitCode = succeeded.every(Boolean) ? 0 : 1;
