import { execa } from 'execa';
import { isOpen, onFreePort } from '../ports.mts';
import { Program } from '../programs.mts';

export interface RedisOptions {
	/** Settings as on its command line; it keeps nothing on disk when left out. */
	settings?: string[];
}

const KEEPS_NOTHING = ['--save', '', '--appendonly', 'no'];

/** A Redis of its own for n8n's queue mode; no npm package brings one. */
export async function startRedis({ settings = KEEPS_NOTHING }: RedisOptions = {}) {
	return await onFreePort(async (port) => {
		const redis = new RedisServer(port, settings, await Program.withFolder('redis-server'));
		await redis.start();
		return redis;
	});
}

/** A server that can be killed and started again, with the same port and what it has on disk. */
export class RedisServer {
	readonly port: number;
	private readonly settings: string[];
	private readonly program: Program;

	constructor(port: number, settings: string[], program: Program) {
		this.port = port;
		this.settings = settings;
		this.program = program;
	}

	async start(): Promise<void> {
		const place = [
			'--port',
			String(this.port),
			'--bind',
			'127.0.0.1',
			'--dir',
			this.program.folder,
		];
		await this.program.start([...place, ...this.settings], async () => await isOpen(this.port));
	}

	/** As a power cut would do it, but for what the operating system has still to write. */
	async kill(): Promise<void> {
		await this.program.end('SIGKILL');
	}

	/** As one that kept nothing on disk, and was killed. */
	async forget(): Promise<void> {
		await execa('redis-cli', ['-p', String(this.port), 'flushall']);
	}

	/** Permanently. */
	async stop(): Promise<void> {
		await this.program.remove();
	}
}
