import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { N8nClient } from './client.mts';
import { once } from './install.mts';
import { startN8n } from './instance.mts';
import { cacheFolder, n8nVersion } from './runtime.mts';
import { databaseFile, withoutEditor } from './settings.mts';

/** An n8n that was started once, and has its owner. It knows no package. */
const prepared = join(cacheFolder, `n8n-${n8nVersion}-fresh`);

/**
 * Makes a user folder as n8n leaves it after its first start. A start with it is half as long as
 * the first one, in which n8n makes 300 changes to its database.
 */
export async function copyFreshFolder(target: string): Promise<void> {
	await once(prepared, prepare);
	await cp(prepared, target, { recursive: true, dereference: true });
}

async function prepare(): Promise<void> {
	const userFolder = await mkdtemp(`${prepared}-`);
	const n8n = await startN8n({ userFolder, env: withoutEditor });
	try {
		await new N8nClient(n8n.baseUrl).setupOwner();
	} finally {
		// In order: only then does Node write down what it has compiled.
		await n8n.stop();
	}
	closeJournal(databaseFile(userFolder));
	await rm(n8n.logFile);
	await rename(userFolder, prepared);
}

/** What SQLite keeps beside the file goes into it, so that each copy is small and whole. */
function closeJournal(file: string) {
	const database = new DatabaseSync(file);
	database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
}
