import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { QueueDeployment, asDeployed } from '../support/e2e/queue-deployment.mts';
import { Scene } from '../support/e2e/scene.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { withCode } from '../support/n8n/settings.mts';
import {
	KEEP_EXECUTIONS,
	storm,
	type StormFigures,
	type StormOptions,
} from '../support/storm/storm.mts';

const usage = `Sends deliveries to a real n8n, each two to five times, and counts what has run.

  node test/storm/main.mts              10,000 deliveries, 50 concurrent

  --restart      n8n is restarted in the middle, then all are sent once more
  --executions V severalInBurst (the default), one or severalWhenBusy: deliveries per execution
  --code         a Code node behind the trigger writes workflow static data, too
  --queue        n8n in queue mode as in examples/deploy, 30 % in copies: by hash, then in turns
  --deliveries N, --concurrency N   other sizes
  --engine vm    n8n's default expression engine, about five times slower
  --seed N       other copies at other times

Ends with 1 when a delivery was lost, or ran twice without a mark.
`;

const { values } = parseArgs({
	options: {
		deliveries: { type: 'string', default: '10000' },
		concurrency: { type: 'string', default: '50' },
		seed: { type: 'string', default: '1' },
		engine: { type: 'string', default: 'legacy' },
		restart: { type: 'boolean', default: false },
		code: { type: 'boolean', default: false },
		executions: { type: 'string', default: 'severalInBurst' },
		queue: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

const env = { ...KEEP_EXECUTIONS, N8N_EXPRESSION_ENGINE: values.engine };

if (values.help) console.log(usage);
else process.exitCode = (await run()) ? 0 : 1;

/** @returns whether all is as promised */
async function run(): Promise<boolean> {
	const tarball = await packPackage();
	try {
		return await (values.queue ? inQueueMode(tarball) : inOneProcess(tarball));
	} finally {
		await rm(dirname(tarball), { recursive: true, force: true });
	}
}

async function inOneProcess(packageTarball: string): Promise<boolean> {
	const scene = await Scene.open({}, { ...withCode, ...env }, { packageTarball });
	try {
		return isKept(await stormOn(scene));
	} finally {
		await scene.close();
	}
}

/** Once by the hash of the delivery's id, as the example does it, and once in turns, as others do it. */
async function inQueueMode(packageTarball: string): Promise<boolean> {
	const deployment = await QueueDeployment.open({
		...asDeployed,
		env: { ...asDeployed.env, ...env },
		scene: { packageTarball },
	});
	const inTurns = await deployment.secondProxy('round robin');
	try {
		const byHash = await stormOn(deployment.scene, deployment.nginx.url);
		const byTurns = await stormOn(deployment.scene, inTurns.url);
		// Nothing restarts, so nothing may be cut off; in turns one in a thousand may be marked.
		return (
			[byHash, byTurns].every((found) => isKept(found) && found.interrupted === 0) &&
			byHash.markedDuplicates === 0 &&
			byTurns.markedDuplicates <= byTurns.deliveries / 1000
		);
	} finally {
		await inTurns.close();
		await deployment.close();
	}
}

async function stormOn(scene: Scene, proxyUrl?: string): Promise<StormFigures> {
	const { restart, code, queue } = values;
	const { responses, ...figures } = await storm(scene, {
		...{ restart, code, proxyUrl, timeoutMs: 1000 },
		deliveries: Number(values.deliveries),
		concurrency: Number(values.concurrency),
		seed: Number(values.seed),
		repeatedPercent: queue ? 30 : 100,
		deliveriesPerExecution: values.executions as StormOptions['deliveriesPerExecution'],
	});
	console.table({ ...figures, ...responses });
	return { ...figures, responses };
}

function isKept({ lost, unmarkedDuplicates }: StormFigures): boolean {
	return lost + unmarkedDuplicates === 0;
}
