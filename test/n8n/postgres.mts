import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';

/** Debian and its kin keep the programs of each version here, outside of PATH. */
const VERSIONS = '/usr/lib/postgresql';

/** PostgreSQL comes from the machine (`apt install postgresql`); its server refuses to run as root. */
export async function hasPostgres(): Promise<boolean> {
	return (await programs()) !== undefined;
}

/** A PostgreSQL of its own, in a folder that goes with it, and n8n's settings for it. */
export async function startPostgres() {
	const bin = (await programs())!;
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-postgres-'));
	const asOwner = await owner(folder);
	const data = join(folder, 'data');
	const run = async (program: string, args: string[]) =>
		await execa(
			asOwner[0] ?? join(bin, program),
			[...asOwner.slice(1), ...(asOwner.length > 0 ? [join(bin, program)] : []), ...args],
			{ cwd: folder },
		);
	await run('initdb', ['-D', data, '-U', 'n8n', '--auth=trust', '--encoding=UTF8']);
	const port = await getPort({ host: '127.0.0.1' });
	const settings = `-p ${port} -h 127.0.0.1 -k ${folder}`;
	// With a log file: else the server would hold on to the output of pg_ctl.
	const start = ['-D', data, '-w', '-l', join(folder, 'postgres.log'), '-o', settings, 'start'];
	await run('pg_ctl', start);
	return {
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
		},
		stop: async () => {
			await run('pg_ctl', ['-D', data, '-w', '-m', 'fast', 'stop']);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function programs(): Promise<string | undefined> {
	const versions = await readdir(VERSIONS).catch(() => []);
	const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
	return newest && join(VERSIONS, newest, 'bin');
}

/** What goes before a command to run it as the owner of the folder, who is not root. */
async function owner(folder: string): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	const id = async (which: string) => Number((await execa('id', [which, 'postgres'])).stdout);
	await chown(folder, await id('-u'), await id('-g'));
	return ['runuser', '-u', 'postgres', '--'];
}
