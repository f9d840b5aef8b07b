import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import pRetry from 'p-retry';
import { childrenOf, processesIn, programOf } from '../programs.mts';
import { onFreePort } from '../local-server.mts';
import { waitUntil } from '../wait.mts';
import type { SqlDatabase } from './database.mts';

/**
 * A PostgreSQL in a temporary folder, and n8n's settings for it. The program comes from the machine
 * (`apt install postgresql`) and refuses to run as root.
 */
export async function startPostgres(): Promise<PostgresServer> {
	const bin = dirname(programOf('postgresql')!);
	return await onFreePort(async (port) => {
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-postgres-'));
		const server = new PostgresServer({ bin, folder, port, asOwner: await owner(folder) });
		await server.create();
		await server.start();
		return server;
	});
}

/** Of `pg_ctl`; by default for a minute. */
const waits = ['-w', '-t', '300'];

interface Place {
	/** Folder of the programs. */
	bin: string;
	folder: string;
	port: number;
	/** Prefix of commands that run as the folder's owner. */
	asOwner: string[];
}

/** A server that can be frozen, killed and started again, and asked in SQL. */
export class PostgresServer implements SqlDatabase {
	readonly env: Record<string, string>;
	private readonly place: Place;
	private readonly data: string;
	private readonly lock: string;

	constructor(place: Place) {
		this.place = place;
		this.data = join(place.folder, 'data');
		this.lock = join(this.data, 'postmaster.pid');
		this.env = {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(place.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
		};
	}

	async create(): Promise<void> {
		const options = ['--auth=trust', '--encoding=UTF8', '--no-sync'];
		await this.run('initdb', '-D', this.data, '-U', 'n8n', ...options);
	}

	async start(): Promise<void> {
		const { folder, port } = this.place;
		// Without `fsync`: tests kill processes, not the machine.
		const settings = `-p ${port} -h 127.0.0.1 -k ${folder} -F`;
		// With a log file: else the server would hold on to the output of pg_ctl.
		const log = join(folder, 'postgres.log');
		try {
			await this.run('pg_ctl', '-D', this.data, ...waits, '-l', log, '-o', settings, 'start');
		} catch (error) {
			throw new Error(`PostgreSQL did not start: ${await readFile(log, 'utf8')}`, { cause: error });
		}
	}

	/** Ends the server permanently: its folder goes with it. */
	async stop(): Promise<void> {
		await this.run('pg_ctl', '-D', this.data, ...waits, '-m', 'immediate', 'stop');
		await rm(this.place.folder, { recursive: true, force: true });
	}

	/** Like a hanging machine or disk: connections stay open, and nothing responds. */
	async freeze(): Promise<void> {
		const first = await this.firstProcess();
		// Before its children: it must not start others meanwhile.
		signal([first], 'SIGSTOP');
		signal(await childrenOf(first), 'SIGSTOP');
	}

	/** Like a power cut. */
	async kill(): Promise<void> {
		await this.freeze();
		signal([await this.firstProcess()], 'SIGKILL');
		await waitUntil('PostgreSQL has ended', async () => await this.haveEnded(), { intervalMs: 10 });
	}

	/** Ends what the killed server has started: left over, it would write into the database of the next one. */
	private async haveEnded(): Promise<boolean> {
		const left = await processesIn(this.data);
		signal(left.map(Number), 'SIGKILL');
		return left.length === 0;
	}

	/** Starts the killed server again. */
	async startAfterDeath(): Promise<void> {
		const { folder, port } = this.place;
		// They name a process that may be listed on, as a zombie. No other server has this place.
		await rm(this.lock);
		await rm(join(folder, `.s.PGSQL.${port}.lock`), { force: true });
		await pRetry(async () => await this.start(), { retries: 50, minTimeout: 100, factor: 1 });
	}

	rows<T>(sql: string, ...values: string[]): T[] {
		const text = withValues(sql, values);
		const answer = this.psql(`SELECT json_agg(row_to_json(t)) FROM (${text}) t`).trim();
		return answer === '' ? [] : (JSON.parse(answer) as T[]);
	}

	execute(sql: string): void {
		this.psql(sql);
	}

	async lockExecutions(): Promise<() => Promise<void>> {
		const { bin } = this.place;
		const session = execa(join(bin, 'psql'), this.psqlArguments);
		session.stdin.write("BEGIN; LOCK TABLE execution_entity IN SHARE MODE; SELECT 'locked';\n");
		await Promise.race([once(session.stdout, 'data'), session]);
		return async () => {
			session.stdin.end();
			await session;
		};
	}

	private psql(input: string): string {
		return execFileSync(join(this.place.bin, 'psql'), this.psqlArguments, {
			input,
			encoding: 'utf8',
			stdio: 'pipe',
			maxBuffer: Number.POSITIVE_INFINITY,
		});
	}

	private get psqlArguments(): string[] {
		const place = ['-h', '127.0.0.1', '-p', String(this.place.port), '-U', 'n8n', 'postgres'];
		return [...place, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
	}

	private async run(program: string, ...args: string[]) {
		const { bin, folder, asOwner } = this.place;
		const [command, ...rest] = [...asOwner, join(bin, program), ...args];
		await execa(command!, rest, { cwd: folder });
	}

	/** The one that has started all others. */
	async firstProcess(): Promise<number> {
		return Number.parseInt(await readFile(this.lock, 'utf8'), 10);
	}
}

function signal(pids: number[], name: NodeJS.Signals) {
	for (const pid of pids) {
		try {
			process.kill(pid, name);
		} catch {
			// It has ended by itself.
		}
	}
}

function withValues(sql: string, values: string[]): string {
	const left = [...values];
	return sql.replaceAll('?', () => `'${left.shift()!.replaceAll("'", "''")}'`);
}

/** Prefix of commands that run as the folder's owner, who is not root. */
async function owner(folder: string): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	const id = async (which: string) => Number((await execa('id', [which, 'postgres'])).stdout);
	await chown(folder, await id('-u'), await id('-g'));
	return ['runuser', '-u', 'postgres', '--'];
}
