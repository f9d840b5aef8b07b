import { readFile } from 'node:fs/promises';
import { median } from 'simple-statistics';
import { Scene } from '../support/e2e/scene.mts';
import { figuresTable } from '../support/figures-table.mts';
import { Connections, send } from '../support/http.mts';
import { startPostgres } from '../support/n8n/postgres.mts';
import { childrenOf } from '../support/programs.mts';
import type { Builds } from './builds.mts';
import { inTurn, ratio } from './in-turn.mts';
import {
	newRequest,
	publishTrigger,
	publishWebhookNode,
	type Stage,
	TRIGGERS,
	type TriggerName,
	untilIdle,
	type Workflow,
} from './workflows.mts';

export interface N8nBench extends Load, Omit<Stage, 'engine' | 'postgres'> {
	rounds: number;
	engines: string[];
	onPostgres: boolean;
}

/** One published workflow, and what came of each round. */
interface Subject extends Workflow {
	bursts: Array<Burst & { cpuMs: number; logKb: number }>;
}

const NAMES = Object.keys(TRIGGERS) as TriggerName[];

/**
 * Responses a second through a real n8n: n8n's own Webhook node, which checks nothing, beside the
 * trigger. Each build has an n8n of its own; all workflows take turns, and each round begins when n8n
 * has run what the one before has left to it.
 */
export async function benchN8n(builds: Builds, bench: N8nBench): Promise<void> {
	for (const engine of bench.engines) {
		const postgres = bench.onPostgres ? await startPostgres() : undefined;
		const stage = { ...bench, engine, postgres };
		const subjects = await open(builds, stage);
		try {
			const measured = subjects.map((subject) => async () => await perSecond(subject, stage));
			const figures = await inTurn(measured, bench.rounds);
			console.log(`\n${titleOf(bench, engine)}\n`);
			console.log(figuresTable(subjects.map((each, index) => row(each, figures, index))));
		} finally {
			for (const scene of new Set(subjects.map((each) => each.scene))) await scene.close();
			await postgres?.stop();
		}
	}
}

async function open({ all }: Builds, stage: Stage): Promise<Subject[]> {
	const workflows: Workflow[] = [];
	for (const build of all) {
		const scene = await Scene.open(
			{},
			{ N8N_EXPRESSION_ENGINE: stage.engine },
			{ packageTarball: build.tarball, ...(stage.postgres && { postgres: stage.postgres }) },
		);
		if (workflows.length === 0) workflows.push(await publishWebhookNode(scene));
		for (const name of NAMES) {
			const trigger = await publishTrigger(scene, name, stage);
			const own = all.length > 1 ? `${name}, ${build.name}` : name;
			workflows.push({ ...trigger, name: own });
		}
	}
	return workflows.map((workflow) => ({ ...workflow, bursts: [] }));
}

function titleOf(bench: N8nBench, engine: string): string {
	const { concurrency, pageDetails, remembered, onPostgres } = bench;
	return [
		`Expression engine ${engine}, ${concurrency} concurrent`,
		`page details ${pageDetails ? 'on' : 'off'}`,
		`${remembered} remembered`,
		onPostgres ? 'PostgreSQL' : 'SQLite',
	].join(', ');
}

/** @param all of the Webhook node first, then of the triggers of this build, then of the other one */
function row({ name, bursts }: Subject, all: number[][], index: number) {
	const sum = (of: 'busy' | 'failed') => bursts.reduce((count, each) => count + each[of], 0);
	const own = all[index]!;
	const other = all[index + NAMES.length];
	const isCompared = index > 0 && other !== undefined;
	const middle = (of: 'cpuMs' | 'logKb') => median(bursts.map((each) => each[of]));
	return {
		workflow: name,
		'200 a second': median(own),
		'against the Webhook node': ratio(own, all[0]!).ratio,
		'against the other': isCompared ? ratio(own, other).ratio : undefined,
		'told to retry': sum('busy'),
		'no response': sum('failed'),
		'CPU ms each': middle('cpuMs'),
		"PostgreSQL's log, kB each": middle('logKb'),
	};
}

async function perSecond(subject: Subject, { postgres, ...load }: Load & Stage): Promise<number> {
	const pid = subject.scene.n8n.pid!;
	const [cpuBefore, logBefore] = [await cpuSeconds(pid), logPosition(postgres)];
	const result = await burst(subject, load);
	await untilIdle(subject);
	const count = result.accepted + result.busy;
	const cpuMs = (((await cpuSeconds(pid)) - cpuBefore) * 1000) / count;
	const logKb = (logPosition(postgres) - logBefore) / 1000 / count;
	subject.bursts.push({ ...result, cpuMs, logKb });
	return result.accepted / result.seconds;
}

/** Bytes that PostgreSQL has written ahead so far; NaN without it. */
function logPosition(postgres: Stage['postgres']): number {
	if (postgres === undefined) return NaN;
	const sql = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS bytes";
	return postgres.rows<{ bytes: number }>(sql)[0]!.bytes;
}

/** Ticks of /proc in a second; the same on each Linux that Node runs on. */
const TICKS = 100;

/** What a process, its threads and all that it has started have taken so far; NaN where the system does not tell. */
async function cpuSeconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// The name of the program, in brackets, may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
	const children = await Promise.all((await childrenOf(pid).catch(() => [])).map(cpuSeconds));
	return children.reduce((sum, each) => sum + each, fields.length < 15 ? NaN : own);
}

interface Load {
	/** Deliveries under way at the same time: each response is followed by the next delivery. */
	concurrency: number;
	seconds: number;
}

interface Burst {
	/** From the first request to the last response. */
	seconds: number;
	/** 200. */
	accepted: number;
	/** Told to retry: 503. */
	busy: number;
	/** Another response, or none. */
	failed: number;
}

/**
 * Sends genuine deliveries for so many seconds, each a new event with an id, a time and a signature of
 * its own, and waits for the responses to those that are under way then.
 */
async function burst(target: Workflow, { concurrency, seconds }: Load): Promise<Burst> {
	const connections = new Connections({ keepAlive: true });
	const counts = { accepted: 0, busy: 0, failed: 0 };
	const started = performance.now();
	const lane = async () => {
		while (performance.now() - started < seconds * 1000) {
			const request = { ...newRequest(target), connections };
			const { status } = await send(target.url, request).catch(() => ({ status: 0 }));
			counts[status === 200 ? 'accepted' : status === 503 ? 'busy' : 'failed'] += 1;
		}
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
	await connections.close();
	return { ...counts, seconds: (performance.now() - started) / 1000 };
}
