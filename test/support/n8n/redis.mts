import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { isOpen, onFreePort } from '../ports.mts';
import { findProgram } from '../programs.mts';
import { waitUntil } from '../wait.mts';

export interface RedisOptions {
	/** Settings as on its command line; it keeps nothing on disk when left out. */
	settings?: string[];
}

const KEEPS_NOTHING = ['--save', '', '--appendonly', 'no'];

/**
 * A Redis of its own, in a folder that goes with it, for n8n's queue mode. It comes from the machine
 * (`apt install redis-server`); no npm package brings it.
 */
export async function startRedis({ settings = KEEPS_NOTHING }: RedisOptions = {}) {
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-redis-'));
	return await onFreePort(async (port) => {
		const redis = new RedisServer(port, folder, settings);
		await redis.start();
		return redis;
	});
}

type RedisProcess = ResultPromise<{ reject: false }>;

/** A server that can be killed and started again, with the same port and what it has on disk. */
export class RedisServer {
	readonly port: number;
	private readonly folder: string;
	private readonly settings: string[];
	private child?: RedisProcess;

	constructor(port: number, folder: string, settings: string[]) {
		this.port = port;
		this.folder = folder;
		this.settings = settings;
	}

	async start(): Promise<void> {
		const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
		const args = [...place, ...this.settings];
		const child = execa(findProgram('redis-server')!, args, { reject: false });
		this.child = child;
		await waitUntil('Redis accepts connections', async () => {
			const isUp = await isOpen(this.port);
			if (child.exitCode !== null) throw new Error(`Redis has ended: ${(await child).stdout}`);
			return isUp;
		});
	}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	/** As a power cut would do it, but for what the operating system has still to write. */
	async kill(): Promise<void> {
		await this.end('SIGKILL');
	}

	/** As one that kept nothing on disk, and was killed. */
	async forget(): Promise<void> {
		await execa('redis-cli', ['-p', String(this.port), 'flushall']);
	}

	/** What it keeps, without what it has only reserved. */
	async memoryBytes(): Promise<number> {
		const { stdout } = await execa('redis-cli', ['-p', String(this.port), 'info', 'memory']);
		return Number(/^used_memory:(\d+)/m.exec(stdout)![1]);
	}

	/** Ends the server permanently: its folder goes with it. */
	async stop(): Promise<void> {
		await this.end('SIGTERM');
		await rm(this.folder, { recursive: true, force: true });
	}

	private async end(signal: 'SIGTERM' | 'SIGKILL') {
		this.child?.kill(signal);
		await this.child;
	}
}
