import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Scene } from '../support/e2e/scene.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { n8nVersion } from '../support/n8n/runtime.mts';
import { withCode } from '../support/n8n/settings.mts';
import { QueueDeployment } from '../support/e2e/queue-deployment.mts';
import { asDeployed } from '../support/e2e/queue-settings.mts';
import { KEEP_EXECUTIONS, storm, type StormFigures } from '../support/storm/storm.mts';

const usage = `Sends deliveries to a real n8n, each two to five times, and counts what has run.

  npm run storm                     10,000 deliveries, 50 concurrent
  npm run storm -- --restart        n8n is restarted in the middle, then all are sent once more
  npm run storm -- --several        several deliveries start one execution when n8n is busy
  npm run storm -- --code           a Code node behind the trigger writes workflow static data, too
  npm run storm -- --queue          n8n in queue mode as in examples/deploy, 30 % in copies: by hash, then in turns

  --deliveries N, --concurrency N   other sizes
  --engine vm                       n8n's default expression engine, about five times slower
  --repeated N                      percent of the deliveries that come in copies (100; with --queue 30)
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
		queue: { type: 'boolean', default: false },
		repeated: { type: 'string' },
		json: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
	const tarball = await packPackage();
	const { engine, deliveries, queue } = values;
	console.log(`${deliveries} deliveries to n8n ${n8nVersion}, expression engine ${engine}`);
	try {
		const results = await (queue ? inQueueMode(tarball) : inOneProcess(tarball));
		if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, '\t')}\n`);
		process.exitCode = results.every(isKept) ? 0 : 1;
	} finally {
		await rm(dirname(tarball), { recursive: true, force: true });
	}
}

async function inOneProcess(packageTarball: string): Promise<Result[]> {
	const env = { ...withCode, ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: values.engine };
	const scene = await Scene.open({}, env, { packageTarball });
	try {
		return [await stormOn(scene, {})];
	} finally {
		await scene.close();
	}
}

/** Once by the hash of the delivery's id, as the example does it, and once in turns, as others do it. */
async function inQueueMode(packageTarball: string): Promise<Result[]> {
	const env = { ...asDeployed.env, ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: values.engine };
	const deployment = await QueueDeployment.open({ ...asDeployed, env, scene: { packageTarball } });
	const inTurns = await deployment.secondProxy('round robin');
	try {
		const results: Result[] = [];
		for (const [balancing, { url: proxyUrl }] of [
			['hash', deployment.nginx],
			['round robin', inTurns],
		] as const) {
			results.push({ balancing, ...(await stormOn(deployment.scene, { proxyUrl })) });
		}
		return results;
	} finally {
		await inTurns.close();
		await deployment.close();
	}
}

type Result = StormFigures & { balancing?: string };

async function stormOn(scene: Scene, { proxyUrl }: { proxyUrl?: string }): Promise<Result> {
	const { engine, restart, code, queue, repeated } = values;
	const options = {
		...{ restart, code, proxyUrl, timeoutMs: 1000 },
		deliveries: Number(values.deliveries),
		concurrency: Number(values.concurrency),
		seed: Number(values.seed),
		repeatedPercent: Number(repeated ?? (queue ? 30 : 100)),
		deliveriesPerExecution: values.several ? 'severalWhenBusy' : 'one',
	} as const;
	const result = { n8n: n8nVersion, engine, ...options, ...(await storm(scene, options)) };
	console.table(flat(result));
	return result;
}

/** In queue mode nothing restarts: nothing may be cut off, and in turns one in a thousand may be marked. */
function isKept({ balancing, deliveries, ...found }: Result): boolean {
	const { lost, unmarkedDuplicates, markedDuplicates, interrupted } = found;
	if (lost + unmarkedDuplicates > 0) return false;
	if (balancing === undefined) return true;
	const mayBeMarked = balancing === 'hash' ? 0 : deliveries / 1000;
	return interrupted === 0 && markedDuplicates <= mayBeMarked;
}

/** One row for each figure, for each status too. */
function flat({ responses, ...figures }: { responses: Record<string, number> }) {
	const rows = Object.entries(responses).map(([status, times]) => [`responded: ${status}`, times]);
	return Object.fromEntries([...Object.entries(figures), ...rows]);
}
