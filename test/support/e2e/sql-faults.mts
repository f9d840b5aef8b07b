import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { SqlDatabase } from '../n8n/database.mts';
import type { PostgresServer } from '../n8n/postgres.mts';

/** A statement of n8n, as triggers of either database name it. */
export interface Statement {
	/** `INSERT ON <table>`, `UPDATE OF <column> ON <table>`. */
	on: string;
	/** Which rows, where one statement is not like the other. */
	when?: string;
}

/** Fault of a statement, or of the COMMIT of its transaction. */
export interface SqlFault {
	statement: Statement;
	at: 'statement' | 'commit';
	/** Delays it. */
	seconds?: number;
	/** How it ends then. Only PostgreSQL has connections to cut. */
	ends: 'well' | 'failed' | 'cut';
}

/** Makes faults in a database by triggers that lie in it. n8n and its driver are as always. */
export interface FaultyDatabase {
	install(faults: SqlFault[]): void;
	/** Waits for the transactions that use them. */
	remove(): void;
	lockExecutions: SqlDatabase['lockExecutions'];
}

const MESSAGE = 'A fault that a test has made';

export class FaultySqlite implements FaultyDatabase {
	private readonly sql: SqlDatabase;
	private installed: string[] = [];

	constructor(sql: SqlDatabase) {
		this.sql = sql;
	}

	install(faults: SqlFault[]): void {
		const isSlow = faults.some(({ seconds }) => seconds !== undefined);
		const views = isSlow ? faults.map(({ seconds = 0 }) => seconds).map(slowView) : [];
		const triggers = faults.map((fault, index) => sqliteTrigger(fault, index));
		this.sql.execute(
			`CREATE TABLE IF NOT EXISTS fault_parent (id INTEGER PRIMARY KEY);
			CREATE TABLE IF NOT EXISTS fault_child
				(parent INTEGER REFERENCES fault_parent (id) DEFERRABLE INITIALLY DEFERRED);
			${[...views, ...triggers].join(';\n')}`,
		);
		this.installed = [
			...triggers.map((_trigger, index) => `TRIGGER fault_${index}`),
			...views.map((_view, index) => `VIEW slow_${index}`),
		];
	}

	remove(): void {
		this.sql.execute(this.installed.map((what) => `DROP ${what}`).join(';'));
		this.installed = [];
	}

	async lockExecutions(): Promise<() => Promise<void>> {
		return await this.sql.lockExecutions();
	}
}

/**
 * A COMMIT that fails leaves a row that refers to none. SQLite cannot make a COMMIT slow: here the
 * statement before it is.
 */
function sqliteTrigger({ statement, at, seconds, ends }: SqlFault, index: number): string {
	const fails = at === 'commit' ? 'INSERT INTO fault_child VALUES (1)' : failNow;
	const steps = [
		...(seconds === undefined ? [] : [`SELECT count(*) FROM slow_${index}`]),
		...(ends === 'failed' ? [fails] : []),
	];
	return `CREATE TRIGGER fault_${index} ${at === 'commit' ? 'AFTER' : 'BEFORE'} ${statement.on}
		${statement.when === undefined ? '' : `WHEN ${statement.when}`}
		BEGIN ${steps.map((step) => `${step};`).join(' ')} END`;
}

const failNow = `SELECT RAISE(ABORT, '${MESSAGE}')`;

/** SQLite cannot sleep, but count. */
function slowView(seconds: number, index: number): string {
	return `CREATE VIEW slow_${index} AS ${counting(Math.ceil(seconds * countsPerSecond()))}`;
}

function counting(upTo: number): string {
	return `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${upTo}) SELECT n FROM numbers`;
}

let measured: number | undefined;

function countsPerSecond(): number {
	if (measured !== undefined) return measured;
	const counts = 500_000;
	const database = new DatabaseSync(':memory:');
	const start = performance.now();
	database.prepare(`SELECT count(*) FROM (${counting(counts)})`).get();
	measured = (counts * 1000) / (performance.now() - start);
	database.close();
	return measured;
}

export class FaultyPostgres implements FaultyDatabase {
	readonly server: PostgresServer;
	private installed: string[] = [];

	constructor(server: PostgresServer) {
		this.server = server;
	}

	install(faults: SqlFault[]): void {
		const triggers = faults.map((fault) => ({ fault, name: `fault_${randomUUID().slice(0, 8)}` }));
		this.server.execute(triggers.map(({ fault, name }) => postgresTrigger(fault, name)).join('\n'));
		this.installed = triggers.map(({ name }) => name);
	}

	remove(): void {
		// The trigger goes with its function.
		this.server.execute(this.installed.map((name) => `DROP FUNCTION "${name}" CASCADE;`).join(' '));
		this.installed = [];
	}

	async lockExecutions(): Promise<() => Promise<void>> {
		return await this.server.lockExecutions();
	}
}

function postgresTrigger({ statement, at, seconds = 0, ends }: SqlFault, name: string): string {
	const end = {
		well: 'RETURN NEW;',
		failed: `RAISE EXCEPTION '${MESSAGE}';`,
		cut: 'PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW;',
	}[ends];
	const [kind, time, deferred] =
		at === 'commit' ? ['CONSTRAINT TRIGGER', 'AFTER', 'DEFERRABLE INITIALLY DEFERRED'] : ['TRIGGER', 'BEFORE', ''];
	return `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_sleep(${seconds}); ${end} END $$;
	CREATE ${kind} "${name}" ${time} ${statement.on} ${deferred} FOR EACH ROW
		${statement.when === undefined ? '' : `WHEN (${statement.when})`} EXECUTE FUNCTION "${name}"();`;
}
