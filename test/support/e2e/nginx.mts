import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send } from '../http.mts';
import { onFreePort } from '../ports.mts';
import { findProgram } from '../programs.mts';
import type { Settings } from '../simulator/index.mts';
import { waitUntil } from '../wait.mts';
import {
	type Example,
	nginxExample,
	nginxQueueExample,
	type QueueFront,
} from './proxy-examples.mts';
import { Scene } from './scene.mts';

/** nginx comes from the machine (`apt install nginx`). */
const program = findProgram('nginx') ?? 'nginx';

/** A real nginx with the configuration of an example, on loopback, with nothing outside its folder. */
export class Nginx {
	readonly url: string;
	private readonly folder: string;
	private readonly child: ChildProcess;

	private constructor(url: string, folder: string, child: ChildProcess) {
		this.url = url;
		this.folder = folder;
		this.child = child;
	}

	/** In front of one n8n. */
	static async start(options: { port: number; upstream: string }): Promise<Nginx> {
		return await Nginx.with(options.port, nginxExample(options));
	}

	/** In front of n8n in queue mode. */
	static async startQueue(front: QueueFront): Promise<Nginx> {
		return await Nginx.with(front.port, nginxQueueExample(front));
	}

	private static async with(port: number, example: Example): Promise<Nginx> {
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-nginx-'));
		await writeFile(join(folder, 'n8n.conf'), await example(folder));
		await writeFile(join(folder, 'nginx.conf'), surroundings(folder));
		const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
		execFileSync(program, ['-t', '-q', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
		const child = spawn(program, args, { stdio: 'ignore' });
		process.once('exit', () => child.kill());
		const nginx = new Nginx(`http://127.0.0.1:${port}`, folder, child);
		try {
			await nginx.waitReady();
		} catch (error) {
			await nginx.close();
			throw error;
		}
		return nginx;
	}

	get pid(): number | undefined {
		return this.child.pid;
	}

	async close(): Promise<void> {
		if (this.child.exitCode === null) {
			const ended = once(this.child, 'exit');
			this.child.kill('SIGTERM');
			await ended;
		}
		await rm(this.folder, { recursive: true, force: true });
	}

	/** `systemctl reload nginx`: new processes take over, and the old ones finish what they have. */
	reload(): void {
		this.child.kill('SIGHUP');
	}

	/** What nginx has logged; it is quiet as long as all is well. */
	async log(): Promise<string> {
		return await readFile(join(this.folder, 'error.log'), 'utf8');
	}

	/** Asks for what nginx keeps to itself, so that it responds without n8n. */
	private async waitReady(): Promise<void> {
		await waitUntil('nginx responds', async () => {
			if (this.child.exitCode !== null) throw new Error(`nginx has ended:\n${await this.log()}`);
			const response = await send(`${this.url}/n8n-ready`).catch(() => undefined);
			return response !== undefined;
		});
		// Somebody else may have responded: nginx tries for seconds to get a port that is taken.
		const log = await this.log();
		if (log.includes('Address already in use')) throw new Error(log);
	}
}

/** A scene whose n8n is reached through nginx, at an address that n8n is told. */
export async function openBehindNginx(settings: Partial<Settings>, env: Record<string, string>) {
	return await onFreePort(async (port) => {
		const webhookUrl = `http://127.0.0.1:${port}/`;
		const scene = await Scene.open(settings, { WEBHOOK_URL: webhookUrl, ...env });
		try {
			return { scene, nginx: await Nginx.start({ port, upstream: scene.n8n.baseUrl }) };
		} catch (error) {
			await scene.close();
			throw error;
		}
	});
}

/** In the place of Debian's /etc/nginx/nginx.conf. */
function surroundings(folder: string): string {
	return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
	access_log off;
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	include ${folder}/n8n.conf;
}
`;
}
