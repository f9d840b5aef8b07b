import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresServer } from '../n8n/postgres.mts';
import { waitUntil } from '../wait.mts';
import type { FaultyDatabase, SqlFault, Statement } from './sql-faults.mts';

type Send = () => Promise<void>;

/** Fault injected while n8n handles a delivery. */
export interface DatabaseFault<Database> {
	/** Continues the sentence after "when". */
	name: string;
	/** Breaks the database, has it tried meanwhile, and leaves the database whole. */
	strike(database: Database, send: Send): Promise<void>;
	/** Whether the fault keeps n8n from responding 200. */
	isFatal: boolean;
}

/*
 * n8n 2.41 writes an execution by these, in this order: two inserts, the sizes, COMMIT; the status
 * twice, each in a transaction of its own; what the trigger remembers. Then it responds. The status
 * of the end comes when the workflow has run.
 */
const insertExecution: Statement = { on: 'INSERT ON execution_entity' };
const insertData: Statement = { on: 'INSERT ON execution_data' };
const sizes: Statement = {
	on: 'UPDATE OF "jsonSizeBytes" ON execution_entity',
	when: "NEW.status = 'new'",
};
const status = (before: string, after: string): Statement => ({
	on: 'UPDATE OF status ON execution_entity',
	when: `OLD.status = '${before}' AND NEW.status = '${after}'`,
});
const staticData: Statement = { on: 'UPDATE OF "staticData" ON workflow_entity' };

/** After each of them n8n gives up and responds 500. */
const untilResponse: Array<[name: string, fault: Pick<SqlFault, 'statement' | 'at'>]> = [
	['the INSERT into execution_entity', { statement: insertExecution, at: 'statement' }],
	['the INSERT into execution_data', { statement: insertData, at: 'statement' }],
	['the UPDATE of the sizes of an execution', { statement: sizes, at: 'statement' }],
	['the COMMIT of an execution', { statement: sizes, at: 'commit' }],
	['the UPDATE to running', { statement: status('new', 'running'), at: 'statement' }],
	['the COMMIT of running', { statement: status('new', 'running'), at: 'commit' }],
	['the second UPDATE to running', { statement: status('running', 'running'), at: 'statement' }],
];

/** Seconds; longer than the trigger takes to respond, at the longest. */
const LONG = 1.2;
const slowCommit: SqlFault = { statement: sizes, at: 'commit', seconds: LONG, ends: 'well' };
/** n8n has written all by then, and the trigger has waited long enough for more. */
const lateFailure: SqlFault = { ...slowCommit, ends: 'failed' };

/** Faults of either database. */
export const sqlFaults: Array<DatabaseFault<FaultyDatabase>> = [
	...untilResponse.map(([name, fault]) => ({
		name: `${name} fails`,
		strike: during([{ ...fault, ends: 'failed' }]),
		isFatal: true,
	})),
	{
		name: 'the INSERT waits for a lock',
		strike: behindLock([]),
		isFatal: true,
	},
	{
		name: 'the INSERT waits for a lock, and COMMIT fails',
		strike: behindLock([lateFailure]),
		isFatal: true,
	},
	{
		name: 'the INSERT waits for a lock, also while a retry comes, and COMMIT fails',
		strike: behindLock([lateFailure], 2),
		isFatal: true,
	},
	{ name: 'the COMMIT is slow', strike: during([slowCommit]), isFatal: false },
	{
		name: 'the UPDATE of what the trigger remembers fails',
		strike: during([{ statement: staticData, at: 'statement', ends: 'failed' }]),
		isFatal: false,
	},
	{
		name: 'the UPDATE to success fails',
		strike: during([{ statement: status('running', 'success'), at: 'statement', ends: 'failed' }]),
		isFatal: false,
	},
];

/** n8n cannot commit, and notices so late that the sender may have got 200. */
export const lateCommitFailure: DatabaseFault<FaultyDatabase> = {
	name: 'COMMIT fails after the response',
	strike: during([lateFailure]),
	isFatal: false,
};

/** A server that can be broken, and the database in it. */
export interface FaultyServer extends FaultyDatabase {
	server: PostgresServer;
}

/** When all is written, and when all is stored. */
const atTheEdge = ['the COMMIT of an execution', 'the UPDATE to running'].map(
	(name) => untilResponse.find((each) => each[0] === name)!,
);

/** Faults of a server and of connections to it. */
export const serverFaults: Array<DatabaseFault<FaultyServer>> = [
	...atTheEdge.map(([name, fault]) => ({
		name: `the connection is cut in ${name}`,
		strike: during([{ ...fault, ends: 'cut' }]),
		isFatal: true,
	})),
	{
		name: 'the connection is cut when COMMIT is done and n8n does not know',
		strike: cutBehindCommit,
		isFatal: false,
	},
];

function during(faults: SqlFault[]) {
	return async (database: FaultyDatabase, send: Send) => {
		database.install(faults);
		try {
			await send();
		} finally {
			database.remove();
		}
	};
}

/** @param tries in sequence, each with its response before n8n writes anything */
function behindLock(faults: SqlFault[], tries = 1) {
	return async (database: FaultyDatabase, send: Send) => {
		database.install(faults);
		const unlock = await database.lockExecutions();
		try {
			for (let number = 0; number < tries; number++) await send();
		} finally {
			await unlock();
			// SQLite has no queue for it: n8n looks again in a moment.
			await sleep(300);
			database.remove();
		}
	};
}

/**
 * A COMMIT that waits for a second server, which is not there, is done by then: only its
 * confirmation is not out. n8n, cut off now, cannot know.
 */
async function cutBehindCommit({ server }: FaultyServer, send: Send) {
	server.execute("ALTER SYSTEM SET synchronous_standby_names = 'none'");
	server.execute('SELECT pg_reload_conf()');
	// Until all processes of the server have heard of it.
	await sleep(500);
	const sent = send();
	await untilWaiting(server, 'SyncRep', sent);
	server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
	server.execute('ALTER SYSTEM RESET synchronous_standby_names');
	server.execute('SELECT pg_reload_conf()');
	await sent;
}

/** Waits until n8n waits for that in the database, or has responded: a copy may be known by then. */
async function untilWaiting(server: PostgresServer, event: string, sent: Promise<void>) {
	let isSent = false;
	void sent.then(() => (isSent = true));
	const sql = 'SELECT pid FROM pg_stat_activity WHERE wait_event = ?';
	const isReached = () => isSent || server.rows(sql, event).length > 0;
	await waitUntil(`n8n waits for ${event} in the database`, isReached, { intervalMs: 5 });
}
