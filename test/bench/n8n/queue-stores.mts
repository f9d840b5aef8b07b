import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlDatabase } from '../../support/n8n/database.mts';
import { cpuMsByPart, cpuMsPerRun, rounded } from './figures.mts';
import { burst, type Load } from './load.mts';
import type { QueueStage } from './queue-stage.mts';
import { type QueueSubject, queueSubjects } from './queue-figures.mts';
import { assertKept, publishedWith } from './remembered.mts';
import { measure, type Round, warmUp } from './rounds.mts';
import type { Subject } from './stage.mts';
import { SEVERAL } from './workflows.mts';

/** A connection tells PostgreSQL what it has done no later than this after its last statement. */
const TOLD_AFTER_MS = 11_000;
/**
 * What the trigger remembers by default: so many, and within the allowed age, which is an hour, five
 * times as many.
 */
const REMEMBERED = [10_000, 50_000];

/** What PostgreSQL has counted since it was started. */
interface Counters {
	transactions: number;
	/** Time in which connections ran a statement, or waited within a transaction. */
	busyMs: number;
	/** What it has written to its log, which goes to disk before anything else. */
	logBytes: number;
	/** What the database takes on disk. */
	bytes: number;
}

/** For each workflow, those of the trigger once more when they remember many. */
export async function databaseCosts(
	{ stage, deployment }: QueueStage,
	fresh: Record<QueueSubject, Subject>,
	load: Load,
) {
	const postgres = deployment.queue.postgres!;
	const full: Array<readonly [QueueSubject, number, Subject]> = [];
	for (const count of REMEMBERED) {
		full.push(['saved', count, await publishedWith(stage, count)]);
		full.push(['several when busy', count, await publishedWith(stage, count, SEVERAL)]);
	}
	const empty = queueSubjects.map((workflow) => [workflow, 0, fresh[workflow]] as const);
	await warmUp(
		stage,
		full.map(([, , subject]) => subject),
		1,
	);
	const rows = [];
	let before = await counters(postgres);
	for (const [workflow, remembered, subject] of [...empty, ...full]) {
		const round = await measure(stage, subject, load);
		const after = await counters(postgres);
		const { runs: deliveries, busy } = round;
		const costs = storeCosts(before, after, round);
		rows.push({ workflow, remembered, deliveries, busy, ...costs });
		before = after;
	}
	for (const [, count, subject] of full) assertKept(stage, subject, count);
	return rows;
}

/** What one delivery takes of PostgreSQL and of each kind of process. */
function storeCosts(before: Counters, after: Counters, round: Round) {
	const each = (name: keyof Counters, unit = 1) =>
		rounded((after[name] - before[name]) / round.runs / unit, 1);
	return {
		...cpuMsByPart([round]),
		allCpuMs: cpuMsPerRun([round]),
		transactions: each('transactions'),
		connectionMs: each('busyMs'),
		logKb: each('logBytes', 1000),
		storedKb: each('bytes', 1000),
	};
}

async function counters(database: SqlDatabase): Promise<Counters> {
	await sleep(TOLD_AFTER_MS);
	const [row] = database.rows<Counters>(`
		SELECT
			xact_commit + xact_rollback AS transactions,
			active_time + idle_in_transaction_time AS "busyMs",
			pg_current_wal_lsn() - '0/0' AS "logBytes",
			pg_database_size(datname) AS bytes
		FROM pg_stat_database WHERE datname = current_database()`);
	return row!;
}

/** What an execution takes of Redis's memory while it waits for a worker. */
export async function redisMemory({ stage, deployment }: QueueStage, subject: Subject, load: Load) {
	const { redis, workers } = deployment.queue;
	const signal = (name: NodeJS.Signals) => workers.forEach(({ pid }) => process.kill(pid!, name));
	const before = await redis.memoryBytes();
	signal('SIGSTOP');
	try {
		const { accepted } = await burst(subject, load);
		const bytes = (await redis.memoryBytes()) - before;
		return [{ waiting: accepted, kbEach: rounded(bytes / accepted / 1000, 2) }];
	} finally {
		signal('SIGCONT');
		await stage.whenIdle(subject);
	}
}
