import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { Scene } from '../support/e2e/scene.mts';
import { figuresTable } from '../support/figures-table.mts';
import type { ApiCall } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';
import type { Builds } from './builds.mts';
import { publishWebhookNode } from './workflows.mts';

export interface ManyBench {
	workflows: number;
	rounds: number;
	/** n8n's expression engines. */
	engines: string[];
	/** *Watch: Check Every*, in minutes. */
	checkEvery: number;
}

/** What one start of n8n has shown. */
interface Start {
	/** Until all was published. */
	seconds: number;
	heapKb: number;
}

/** An n8n with many workflows of one kind. */
interface Subject {
	name: string;
	scene: Scene;
	/** Whether n8n publishes each again when it starts: it has nothing to do for its Webhook node. */
	isPublishedAgain: boolean;
	starts: Start[];
	/** When it was last started, unix ms. */
	readyAt: number;
	/** Memory with no workflow at all. */
	emptyHeapKb: number;
}

interface Probe {
	/** Of a processor: a busy machine does not count. */
	busiestMs: number;
	heapKb: number;
}

const MINUTE_MS = 60_000;
/** How long the site takes for a call. */
const CALL_MS = 200;
const PROBE = fileURLToPath(new URL('probe.cjs', import.meta.url));
/** Published side by side while the bench prepares itself. */
const LANES = 4;

/**
 * Many published workflows for one site: what a start of n8n takes with them, what they hold in memory, and what
 * their checks do to the site and to n8n. Beside it as many workflows with n8n's own Webhook node, in an n8n that has
 * the package, too, and no trigger of it at work.
 */
export async function benchMany(builds: Builds, bench: ManyBench): Promise<void> {
	for (const engine of bench.engines) await benchOn(engine, builds, bench);
}

async function benchOn(engine: string, { all }: Builds, bench: ManyBench): Promise<void> {
	const stage = { engine, workflows: bench.workflows };
	const subjects: Subject[] = [];
	try {
		const own = all[0]!.tarball;
		subjects.push(await open("n8n's Webhook node", own, stage, publishWebhookNode));
		for (const { name, tarball } of all) {
			const additionalOptions = { checkEvery: bench.checkEvery };
			const publish = async (scene: Scene) =>
				await scene.published({ events: ['page_create'], additionalOptions });
			subjects.push(await open(name, tarball, stage, publish));
		}
		for (let round = 1; round <= bench.rounds; round++) {
			for (const subject of subjects) {
				await start(subject, bench.workflows);
				await subject.scene.n8n.stop();
			}
		}
		for (const subject of subjects) await start(subject, bench.workflows);
		// All at the same time: their checks are far between.
		const rows = await Promise.all(
			subjects.map(async (subject) => ({
				...startRow(subject, bench),
				...(await watch(subject, bench)),
			})),
		);
		const { workflows, checkEvery } = bench;
		console.log(
			`\n${workflows} published workflows, engine ${engine}, a check every ${checkEvery} minutes, ${CALL_MS} ms a call\n`,
		);
		console.log(figuresTable(rows));
	} finally {
		for (const { scene } of subjects) await scene.close();
	}
}

/** Publishes the workflows, and leaves n8n stopped. */
async function open(
	name: string,
	packageTarball: string,
	{ engine, workflows }: Pick<ManyBench, 'workflows'> & { engine: string },
	publish: (scene: Scene) => Promise<unknown>,
): Promise<Subject> {
	const env = { N8N_EXPRESSION_ENGINE: engine, NODE_OPTIONS: `--require=${PROBE}` };
	const scene = await Scene.open({}, env, { packageTarball });
	await sleep(SETTLED_MS);
	const { heapKb } = await probe(scene);
	let left = workflows;
	const lane = async () => {
		while (left-- > 0) await publish(scene);
	};
	await Promise.all(Array.from({ length: LANES }, lane));
	await scene.n8n.stop();
	scene.site.faults.add({ effect: { delayMs: CALL_MS } });
	const isPublishedAgain = publish !== publishWebhookNode;
	return { name, scene, isPublishedAgain, starts: [], readyAt: 0, emptyHeapKb: heapKb };
}

/** What a start leaves to do for later is done by then. */
const SETTLED_MS = 5_000;

/** Starts n8n, and waits until it has published all workflows again. */
async function start(subject: Subject, workflows: number): Promise<void> {
	const { scene, starts, isPublishedAgain } = subject;
	const { n8n } = scene;
	const before = publications(scene);
	scene.site.apiCalls.length = 0;
	const began = performance.now();
	await n8n.start();
	const expected = before + (isPublishedAgain ? workflows : 0);
	const isDone = () => publications(scene) >= expected;
	await waitUntil('n8n has published all', isDone, { timeoutMs: 600_000, intervalMs: 100 });
	const seconds = (performance.now() - began) / 1000;
	const { heapKb } = await probe(scene);
	subject.readyAt = Date.now();
	starts.push({ seconds, heapKb });
}

/** What n8n has published so far, as it keeps account of it. */
function publications({ database }: Scene): number {
	const sql = `SELECT COUNT(*) AS count FROM workflow_publication_outbox WHERE status = 'completed'`;
	return database.rows<{ count: number }>(sql)[0]!.count;
}

/** What the checks of the first minutes after a start do to the site and to n8n. */
async function watch({ scene, readyAt }: Subject, { checkEvery }: ManyBench) {
	const left = readyAt + (checkEvery + 1) * MINUTE_MS + SETTLED_MS - Date.now();
	await sleep(left);
	const { busiestMs } = await probe(scene);
	const calls = scene.site.apiCalls;
	return {
		'at work without a pause, ms': busiestMs,
		'calls at once': Math.max(0, ...calls.map(({ atOnce }) => atOnce)),
		'calls in a second': mostInASecond(calls),
		'checks by minute': byMinute(calls.filter(isBeginning), readyAt).join(' '),
	};
}

/** A check begins with the list of webhooks. */
function isBeginning({ method, path, query }: ApiCall): boolean {
	return method === 'GET' && path.endsWith('/webhooks') && query.offset === '0';
}

function byMinute(calls: ApiCall[], began: number): number[] {
	const minutes = calls.map(({ at }) =>
		Math.max(0, Math.floor((at.getTime() - began) / MINUTE_MS)),
	);
	const length = Math.max(0, ...minutes) + 1;
	return Array.from({ length }, (_, minute) => minutes.filter((each) => each === minute).length);
}

function mostInASecond(calls: ApiCall[]): number {
	const times = calls.map(({ at }) => at.getTime());
	const from = (start: number) => times.filter((time) => time >= start && time < start + 1000);
	return Math.max(0, ...times.map((start) => from(start).length));
}

function startRow({ name, starts, emptyHeapKb }: Subject, { workflows }: ManyBench) {
	const middle = (of: keyof Start) => median(starts.map((each) => each[of]));
	return {
		'': name,
		'seconds until all are published': middle('seconds'),
		'heap, kB a workflow': (middle('heapKb') - emptyHeapKb) / workflows,
	};
}

/** Has n8n write down its figures, and begins a new measurement of the time in which it stands still. */
async function probe({ n8n }: Scene): Promise<Probe> {
	const file = join(n8n.userFolder, 'probe.json');
	await rm(file, { force: true });
	process.kill(n8n.pid!, 'SIGUSR2');
	await waitUntil('n8n has written down its figures', () => existsSync(file));
	return JSON.parse(await readFile(file, 'utf8')) as Probe;
}
