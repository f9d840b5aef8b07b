import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Scene } from '../support/e2e/scene.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { n8nVersion } from '../support/n8n/runtime.mts';
import { KEEP_EXECUTIONS, storm } from '../support/storm/storm.mts';

const usage = `Sends deliveries to a real n8n, each two to five times, and counts what has run.

  npm run storm                     10,000 deliveries, 50 at a time
  npm run storm -- --restart        n8n is restarted in the middle, then all are sent once more
  npm run storm -- --several        several deliveries start one execution when n8n is busy
  npm run storm -- --code           a Code node behind the trigger writes workflow static data, too

  --deliveries N, --concurrency N   other sizes
  --engine vm                       n8n's default expression engine, about five times slower
  --seed N                          other copies at other times
  --json FILE                       the figures as JSON
`;

const { values } = parseArgs({
	options: {
		deliveries: { type: 'string', default: '10000' },
		concurrency: { type: 'string', default: '50' },
		seed: { type: 'string', default: '1' },
		engine: { type: 'string', default: 'legacy' },
		restart: { type: 'boolean', default: false },
		code: { type: 'boolean', default: false },
		several: { type: 'boolean', default: false },
		json: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
	const tarball = await packPackage();
	const env = { ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: values.engine };
	const scene = await Scene.open({}, env, { packageTarball: tarball });
	try {
		const { engine, restart, code } = values;
		const concurrency = Number(values.concurrency);
		const seed = Number(values.seed);
		const deliveriesPerExecution = values.several ? 'severalWhenBusy' : 'one';
		const copies = { concurrency, timeoutMs: 1000, seed };
		const given = { ...copies, restart, code, deliveriesPerExecution } as const;
		console.log(
			`${values.deliveries} deliveries to n8n ${n8nVersion}, expression engine ${engine}`,
		);
		const figures = await storm(scene, { deliveries: Number(values.deliveries), ...given });
		const result = { n8n: n8nVersion, engine, ...given, ...figures };
		console.table(flat(result));
		if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, '\t')}\n`);
		process.exitCode = figures.lost + figures.unmarkedDuplicates === 0 ? 0 : 1;
	} finally {
		await scene.close();
		await rm(dirname(tarball), { recursive: true, force: true });
	}
}

/** One row for each figure, for each status too. */
function flat({ answers, ...figures }: { answers: Record<string, number> }) {
	const rows = Object.entries(answers).map(([answer, times]) => [`answered: ${answer}`, times]);
	return Object.fromEntries([...Object.entries(figures), ...rows]);
}
