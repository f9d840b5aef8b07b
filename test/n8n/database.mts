import { DatabaseSync } from 'node:sqlite';
import { databaseFile } from './settings.mts';

/** One publication or its removal, as n8n has recorded it. */
export interface PublicationRecord {
	status: string;
	/** Also the warning of a removal that counts as completed; the editor does not show that one. */
	errorMessage: string | null;
}

/** What n8n stores and its APIs do not show, read from its SQLite file while it runs. */
export class N8nDatabase {
	private readonly file: string;

	constructor(userFolder: string) {
		this.file = databaseFile(userFolder);
	}

	/** The whole static data of a workflow: `global` and one `node:<name>` entry per node. */
	staticData(workflowId: string): Record<string, any> {
		const sql = 'SELECT staticData FROM workflow_entity WHERE id = ?';
		const [row] = this.rows<{ staticData: string | null }>(sql, workflowId);
		return JSON.parse(row?.staticData ?? '{}') as Record<string, any>;
	}

	/** Oldest first. */
	publications(workflowId: string): PublicationRecord[] {
		const sql =
			'SELECT status, errorMessage FROM workflow_publication_outbox WHERE workflowId = ? ORDER BY id';
		return this.rows<PublicationRecord>(sql, workflowId);
	}

	rows<T>(sql: string, ...values: string[]): T[] {
		const database = new DatabaseSync(this.file, { readOnly: true, timeout: 5000 });
		try {
			return database
				.prepare(sql)
				.all(...values)
				.map((row) => ({ ...row })) as T[];
		} finally {
			database.close();
		}
	}
}
