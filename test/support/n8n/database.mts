import { DatabaseSync } from 'node:sqlite';
import { databaseFile } from './settings.mts';

/** A database that n8n runs on. Names in camel case must be in double quotes: PostgreSQL asks for it. */
export interface SqlDatabase {
	/** @param values replace the `?` in the text, in order */
	rows<T>(sql: string, ...values: string[]): T[];
	/** Runs one statement or several, for what they do. Waits for the locks that they need. */
	execute(sql: string): void;
	/** Keeps everybody from writing executions, not from reading them. @returns lets them again */
	lockExecutions(): Promise<() => Promise<void>>;
}

export class SqliteDatabase implements SqlDatabase {
	private readonly file: string;

	constructor(userFolder: string) {
		this.file = databaseFile(userFolder);
	}

	rows<T>(sql: string, ...values: string[]): T[] {
		return this.use({ readOnly: true }, (database) =>
			database
				.prepare(sql)
				.all(...values)
				.map((row) => ({ ...row }) as T),
		);
	}

	execute(sql: string): void {
		this.use({ readOnly: false }, (database) => database.exec(sql));
	}

	/** SQLite can lock only the whole file. Who writes waits for a second, then fails. */
	async lockExecutions(): Promise<() => Promise<void>> {
		const database = new DatabaseSync(this.file, { timeout: 60_000 });
		database.exec('BEGIN IMMEDIATE');
		return async () => database.close();
	}

	private use<T>({ readOnly }: { readOnly: boolean }, act: (database: DatabaseSync) => T): T {
		const database = new DatabaseSync(this.file, { readOnly, timeout: 60_000 });
		try {
			return act(database);
		} finally {
			database.close();
		}
	}
}

/** Data that n8n stores but does not show in its APIs, read while it runs. */
export class N8nDatabase {
	private readonly sql: SqlDatabase;

	/** @param sql n8n's own SQLite file when left out */
	constructor(userFolder: string, sql: SqlDatabase = new SqliteDatabase(userFolder)) {
		this.sql = sql;
	}

	/** The whole static data of a workflow: `global` and one `node:<name>` entry per node. */
	staticData(workflowId: string): Record<string, any> {
		const sql = 'SELECT "staticData" AS data FROM workflow_entity WHERE id = ?';
		const [row] = this.rows<{ data: string | object | null }>(sql, workflowId);
		const data = row?.data ?? {};
		// PostgreSQL has a type for it.
		return typeof data === 'string' ? JSON.parse(data) : data;
	}

	rows<T>(sql: string, ...values: string[]): T[] {
		return this.sql.rows<T>(sql, ...values);
	}

	execute(sql: string): void {
		this.sql.execute(sql);
	}

	/** Waits until n8n has committed or given up what it is writing: it may respond before. */
	async executionsWritten(): Promise<void> {
		const unlock = await this.sql.lockExecutions();
		await unlock();
	}
}
