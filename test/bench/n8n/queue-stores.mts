import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlDatabase } from '../../support/n8n/database.mts';
import { cpuMsByPart, rounded } from './figures.mts';
import { burst, type Load } from './load.mts';
import type { QueueStage } from './queue-stage.mts';
import { assertKept, publishedWith } from './remembered.mts';
import { measure } from './rounds.mts';
import type { Stage, Subject } from './stage.mts';
import { SEVERAL } from './workflows.mts';

/** A connection tells PostgreSQL what it has done no later than this after its last statement. */
const TOLD_AFTER_MS = 11_000;
/** As many as the trigger remembers by default. */
const REMEMBERED = 10_000;

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

/** What a delivery takes of PostgreSQL, for each workflow and for triggers that remember many. */
export async function databaseCosts(
	{ stage, deployment }: QueueStage,
	subjects: Record<string, Subject>,
	load: Load,
) {
	const full: Record<string, Subject> = {
		[`saved, ${REMEMBERED} remembered`]: await publishedWith(stage, REMEMBERED),
		[`several when busy, ${REMEMBERED} remembered`]: await publishedWith(
			stage,
			REMEMBERED,
			SEVERAL,
		),
	};
	const rows = [];
	for (const [workflow, subject] of Object.entries({ ...subjects, ...full })) {
		const before = await counters(deployment.queue.postgres!);
		const round = await measure(stage, subject, load);
		const { runs } = round;
		const after = await counters(deployment.queue.postgres!);
		const each = (name: keyof Counters) => (after[name] - before[name]) / runs;
		const { webhook, worker, postgres } = cpuMsByPart([round]) ?? {};
		rows.push({
			workflow,
			concurrency: load.concurrency,
			deliveries: runs,
			transactions: rounded(each('transactions'), 1),
			connectionMs: rounded(each('busyMs'), 2),
			logKb: rounded(each('logBytes') / 1000, 1),
			storedKb: rounded(each('bytes') / 1000, 1),
			...{ webhook, worker, postgres },
		});
	}
	for (const subject of Object.values(full)) assertKept(stage, subject, REMEMBERED);
	return rows;
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
		await whenIdle(stage, subject);
	}
}

async function whenIdle(stage: Stage, subject: Subject): Promise<void> {
	while (await stage.isBusy(subject)) await sleep(500);
}
