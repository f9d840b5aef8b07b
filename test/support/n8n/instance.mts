import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { send } from '../http.mts';
import { freePort, isOpen, onFreePort } from '../local-server.mts';
import { type WaitOptions, waitUntil } from '../wait.mts';
import { ensureN8n } from './install.mts';
import { installPackage } from './pack.mts';
import { endProcess, hasEnded, type N8nCommand, type N8nProcess, spawnN8n } from './process.mts';
import { crashJournal, environment, type N8nSettings } from './settings.mts';

export interface StartOptions extends Omit<N8nSettings, 'port' | 'brokerPort' | 'env'> {
	command?: N8nCommand;
	/** Settings that name the port of n8n are given as a function of it. */
	env?: Record<string, string> | ((port: number) => Record<string, string>);
	/** A tarball of `packPackage()`, installed before the start. */
	packageTarball?: string;
	onProgress?: (message: string) => void;
	/** Gives up the start; n8n is ended before `startN8n` throws. */
	signal?: AbortSignal;
}

export interface RestartOptions {
	kill?: boolean;
	env?: Record<string, string>;
}

const READY_TIMEOUT_MS = 480_000;

/** Starts a real n8n as a child process and returns when it accepts requests. */
export async function startN8n(options: StartOptions): Promise<N8nInstance> {
	const { packageTarball, onProgress, signal, command = 'start', env = {}, ...settings } = options;
	const folder = await ensureN8n({ onProgress, signal });
	await mkdir(settings.userFolder, { recursive: true });
	if (packageTarball) await installPackage(packageTarball, settings.userFolder);
	return await onFreePort(async (port) => {
		const ports = { port, brokerPort: await freePort() };
		const ownEnv = typeof env === 'function' ? env(port) : env;
		const instance = new N8nInstance(folder, command, { ...settings, ...ports, env: ownEnv });
		await instance.start(signal);
		return instance;
	});
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

	/** Whether it is gone: stopped, killed or exited. */
	get isGone(): boolean {
		return hasEnded(this.child);
	}

	/** Once more where n8n itself fails to recover, as whatever runs n8n does it: n8n then skips that. */
	async start(signal?: AbortSignal): Promise<void> {
		const from = existsSync(this.logFile) ? this.log.length : 0;
		try {
			await this.startOnce(signal);
		} catch (error) {
			if (!hasFailedToRecover(this.log.slice(from))) throw error;
			console.log('n8n ended while it recovered what a kill had cut off: started once more');
			await this.startOnce(signal);
		}
	}

	private async startOnce(signal?: AbortSignal): Promise<void> {
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

	/** Waits until n8n reports that its database is migrated, and responds where webhooks are served. */
	async waitReady(signal?: AbortSignal): Promise<void> {
		const what = `n8n is ready; its log: ${this.logFile}`;
		const isUp = async () => {
			const isUp = await isReady(this.baseUrl, this.command);
			// Also when somebody else responds at its port.
			if (hasEnded(this.child)) throw this.failure('has ended');
			return isUp;
		};
		await waitUntil(what, isUp, { timeoutMs: READY_TIMEOUT_MS, intervalMs: 100, signal });
	}

	/** The orderly way: n8n finishes running executions, then ends. */
	async stop(): Promise<void> {
		await this.end('SIGTERM');
	}

	/** Like a power cut, but without the ten seconds for which n8n waits at its next start after a crash. */
	async kill(): Promise<void> {
		await this.end('SIGKILL');
		await rm(crashJournal(this.userFolder), { force: true });
	}

	/** Same folder and same ports; `env` adds to the settings from now on. */
	async restart(options: RestartOptions = {}): Promise<void> {
		await (options.kill ? this.kill() : this.stop());
		// A container outlives its process here for a moment, and would be taken for the new one.
		await waitUntil('n8n has left its port', async () => !(await isOpen(this.settings.port)));
		this.settings.env = { ...this.settings.env, ...options.env };
		await this.start();
	}

	/** Waits for a line of the log; `from` is a position in `log` to start at. */
	async waitForLog(pattern: RegExp, from = 0, options: WaitOptions = {}): Promise<void> {
		const what = `n8n logs ${String(pattern)} in ${this.logFile}`;
		await waitUntil(what, () => pattern.test(this.log.slice(from)), options);
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

/** Killed before it has stored `startedAt` of a running execution, n8n ends at its next start. The one after that works. */
function hasFailedToRecover(log: string): boolean {
	return ['ExecutionRecoveryService.recoverFromLogs', "reading 'getTime'"].every((text) => log.includes(text));
}

/** Paths at which n8n responds with JSON, whatever it says, once it has all its routes. */
const lastRoutes: Record<N8nCommand, string> = {
	start: '/rest/login',
	webhook: '/webhook/none',
	worker: '/healthz',
};

/** An old n8n reports to be ready when its database is, before it has routes. */
async function isReady(baseUrl: string, command: N8nCommand): Promise<boolean> {
	const ask = async (path: string) => await send(baseUrl + path, { timeoutMs: 5000 }).catch(() => undefined);
	if ((await ask('/healthz/readiness'))?.status !== 200) return false;
	const response = await ask(lastRoutes[command]);
	return response?.headers['content-type']?.includes('json') ?? false;
}
