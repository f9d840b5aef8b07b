import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { N8nCommand } from '../n8n/process.mts';
import { type N8nInstance, startN8n } from '../n8n/instance.mts';
import { type PostgresServer, startPostgres } from '../n8n/postgres.mts';
import { redisSettings } from '../compose.mts';
import { isOpen, onFreePort } from '../local-server.mts';
import { Program } from '../programs.mts';

export interface QueueSize {
	webhooks?: number;
	workers?: number;
	/** Settings of the workers alone. */
	workerEnv?: Record<string, string>;
}

/**
 * n8n's processes and services in queue mode besides main: Redis, PostgreSQL, webhook processes and
 * workers. Each can be stopped, killed and restarted separately.
 */
export class QueueMode {
	/** Also for the main process. */
	readonly env: Record<string, string>;
	readonly redis: RedisServer;
	/** Give it to the scene, too, for what reads the database. */
	readonly postgres: PostgresServer;
	readonly webhooks: N8nInstance[] = [];
	readonly workers: N8nInstance[] = [];
	private readonly folders: string[] = [];

	private constructor(redis: RedisServer, postgres: PostgresServer) {
		this.redis = redis;
		this.postgres = postgres;
		this.env = {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			...postgres.env,
		};
	}

	/** Shared by all processes; the main process starts afterwards. */
	static async open(): Promise<QueueMode> {
		return new QueueMode(await startRedis(), await startPostgres());
	}

	/** The first of them, where there is but one. */
	get webhook(): N8nInstance {
		return this.webhooks[0]!;
	}

	get worker(): N8nInstance {
		return this.workers[0]!;
	}

	/** The other processes, beside a main process that runs. */
	async startBeside(main: N8nInstance, size: QueueSize = {}, env = {}): Promise<void> {
		const { webhooks = 1, workers = 1, workerEnv } = size;
		const start = async (count: number, command: N8nCommand, own: Record<string, string>) =>
			await Promise.all(Array.from({ length: count }, async () => await this.startOne(main, command, own)));
		const webhook = start(webhooks, 'webhook', env);
		const worker = start(workers, 'worker', { ...env, ...workerEnv });
		this.webhooks.push(...(await webhook));
		this.workers.push(...(await worker));
	}

	/** Ends the other processes, while the main process still runs. */
	async stopBeside(): Promise<void> {
		await Promise.all([...this.workers, ...this.webhooks].map(async (each) => await each.kill()));
	}

	/** In the end. */
	async close(): Promise<void> {
		await this.redis.stop();
		await this.postgres.stop();
		const remove = async (each: string) => await rm(each, { recursive: true, force: true });
		await Promise.all(this.folders.map(remove));
	}

	/**
	 * With a folder of its own, as in a container: n8n leaves a file there while it runs, and waits
	 * for ten seconds when it starts and finds another process's file.
	 */
	private async startOne(main: N8nInstance, command: N8nCommand, given: Record<string, string>) {
		const userFolder = await mkdtemp(`${main.userFolder}-${command}-`);
		this.folders.push(userFolder);
		const nodes = join('.n8n', 'nodes');
		await cp(join(main.userFolder, nodes), join(userFolder, nodes), { recursive: true });
		const env = (port: number) => ({
			...this.env,
			// A worker listens for nothing else.
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			...given,
		});
		const webhookUrl = command === 'webhook' ? `${main.baseUrl}/` : undefined;
		return await startN8n({ command, userFolder, webhookUrl, env });
	}
}

/**
 * A Redis for n8n's queue mode, configured as in examples/deploy; there is no npm package for it.
 */
async function startRedis() {
	return await onFreePort(async (port) => {
		const redis = new RedisServer(port, await Program.withFolder('redis-server'));
		await redis.start();
		return redis;
	});
}

/** A server that can be killed and started again, with the same port and what it has on disk. */
class RedisServer {
	readonly port: number;
	private readonly program: Program;

	constructor(port: number, program: Program) {
		this.port = port;
		this.program = program;
	}

	async start(): Promise<void> {
		const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.program.folder];
		await this.program.start([...place, ...redisSettings()], async () => await isOpen(this.port));
	}

	/** Like a power cut, except that the operating system still flushes its writes. */
	async kill(): Promise<void> {
		await this.program.end('SIGKILL');
	}

	/** Permanently. */
	async stop(): Promise<void> {
		await this.program.remove();
	}
}
