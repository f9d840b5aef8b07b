import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { ensureN8n } from './install.mts';
import { installPackage } from './pack.mts';
import { endProcess, hasEnded, type N8nCommand, type N8nProcess, spawnN8n } from './process.mts';
import { environment, type N8nSettings } from './settings.mts';

export interface StartOptions extends Partial<N8nSettings> {
	userFolder: string;
	command?: N8nCommand;
	/** A tarball of `packPackage()`, installed before the start. */
	packageTarball?: string;
	onProgress?: (message: string) => void;
	/** Gives up the start; n8n is ended before `startN8n` throws. */
	signal?: AbortSignal;
}

const readyTimeoutMs = 180_000;

/** Starts a real n8n as a child process and returns when it accepts requests. */
export async function startN8n(options: StartOptions): Promise<N8nInstance> {
	const { packageTarball, onProgress, signal, command = 'start', ...settings } = options;
	const folder = await ensureN8n({ onProgress, signal });
	await mkdir(settings.userFolder, { recursive: true });
	if (packageTarball) await installPackage(packageTarball, settings.userFolder);
	const port = settings.port ?? (await getPort({ host: '127.0.0.1' }));
	const brokerPort = settings.brokerPort ?? (await getPort({ host: '127.0.0.1', exclude: [port] }));
	const instance = new N8nInstance(folder, command, { ...settings, port, brokerPort });
	await instance.start(signal);
	return instance;
}

/** One n8n with its own data folder, ports and log; it can be stopped and started again. */
export class N8nInstance {
	readonly baseUrl: string;
	readonly userFolder: string;
	readonly logFile: string;
	private readonly folder: string;
	private readonly command: N8nCommand;
	private readonly settings: N8nSettings;
	private child?: N8nProcess;

	constructor(folder: string, command: N8nCommand, settings: N8nSettings) {
		this.folder = folder;
		this.command = command;
		this.settings = settings;
		this.baseUrl = `http://127.0.0.1:${settings.port}`;
		this.userFolder = settings.userFolder;
		this.logFile = join(settings.userFolder, command === 'start' ? 'n8n.log' : `${command}.log`);
	}

	/** Everything n8n has printed so far, over all restarts. */
	get log(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	async start(signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		const env = environment(this.folder, this.settings);
		this.child = spawnN8n(this.folder, this.command, env, this.logFile);
		try {
			await this.waitReady(signal);
		} catch (error) {
			await this.kill();
			throw error;
		}
	}

	/** Waits until n8n reports that its database is migrated, and answers where webhooks are served. */
	async waitReady(signal?: AbortSignal): Promise<void> {
		const deadline = Date.now() + readyTimeoutMs;
		while (!(await isReady(this.baseUrl, this.command))) {
			if (hasEnded(this.child)) throw this.failure('has ended');
			if (Date.now() > deadline) throw this.failure(`was not ready within ${readyTimeoutMs} ms`);
			await sleep(200, undefined, { signal });
		}
	}

	/** The orderly way: n8n finishes running executions, then ends. */
	async stop(): Promise<void> {
		await this.end('SIGTERM');
	}

	/** As a power cut would do it. */
	async kill(): Promise<void> {
		await this.end('SIGKILL');
	}

	/** Same folder and same ports; `env` adds to the settings from now on. */
	async restart(options: { kill?: boolean; env?: Record<string, string> } = {}): Promise<void> {
		await (options.kill ? this.kill() : this.stop());
		this.settings.env = { ...this.settings.env, ...options.env };
		await this.start();
	}

	/** Waits for a line of the log; `from` is a position in `log` to start at. */
	async waitForLog(pattern: RegExp, timeoutMs = 10_000, from = 0): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		while (this.log.slice(from).search(pattern) < 0) {
			if (Date.now() > deadline) throw this.failure(`did not log ${String(pattern)}`);
			await sleep(50);
		}
	}

	private async end(signal: 'SIGTERM' | 'SIGKILL') {
		const child = this.child;
		this.child = undefined;
		if (child) await endProcess(child, signal);
	}

	private failure(what: string): Error {
		const tail = this.log.trim().split('\n').slice(-25).join('\n');
		return new Error(`n8n ${what}. The end of its log (${this.logFile}):\n${tail}`);
	}
}

/** Paths that n8n answers with JSON, whatever it says, once it has all its routes. */
const lastRoutes: Record<N8nCommand, string> = {
	start: '/rest/settings',
	webhook: '/webhook/none',
	worker: '/healthz',
};

/** An old n8n reports to be ready when its database is, before it has routes. */
async function isReady(baseUrl: string, command: N8nCommand): Promise<boolean> {
	const ask = async (path: string) =>
		await fetch(baseUrl + path, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
	if ((await ask('/healthz/readiness'))?.status !== 200) return false;
	const answer = await ask(lastRoutes[command]);
	return answer?.headers.get('content-type')?.includes('json') ?? false;
}
