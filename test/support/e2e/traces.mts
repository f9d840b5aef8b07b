import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import type { Scene } from './scene.mts';

/** Every place where something of the package can end up, by its name. */
export type Traces = Record<string, string | Uint8Array>;

/** @param said what the test itself has seen: responses to senders, messages of n8n */
export async function tracesOf(
	{ client, database, n8n, site }: Scene,
	workflows: Array<{ id: string }>,
	said: unknown[],
): Promise<Traces> {
	const of = async (read: (id: string) => unknown) =>
		JSON.stringify(await Promise.all(workflows.map(async ({ id }) => await read(id))));
	return {
		executions: await of(async (id) => await client.executionsWithData(id)),
		'exported workflows': await of(async (id) => await client.exportWorkflow(id)),
		'publication status': await of(async (id) => await client.publicationStatus(id)),
		'static data': await of((id) => database.staticData(id)),
		'what was said': said.map((one) => inspect(one, { depth: 12, showHidden: true })).join('\n'),
		'the log of n8n': n8n.log,
		'the addresses that were called at the site': JSON.stringify(site.apiCalls.map(({ path, query }) => [path, query])),
		// Row by row as well: in the file itself a long text is cut into pages.
		'rows of the database': everyRow(database).join('\n'),
		...filesBelow(n8n.userFolder),
	};
}

function everyRow(database: Scene['database']): string[] {
	const tables = database.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
	return tables
		.flatMap(({ name }) => database.rows<Record<string, unknown>>(`SELECT * FROM "${name}"`))
		.flatMap((row) => Object.values(row).map((value) => textOf(value)));
}

function textOf(value: unknown): string {
	return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
}

/** Raw bytes of everything n8n wrote, including its database and write-ahead log. */
function filesBelow(folder: string): Traces {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
		(entry) => entry.isFile() && !entry.parentPath.includes('node_modules'),
	);
	const paths = files.map(({ parentPath, name }) => join(parentPath, name));
	return Object.fromEntries(paths.map((path) => [`the file ${relative(folder, path)}`, readFileSync(path)]));
}
