import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { send } from '../http.mts';
import { findProgram } from '../programs.mts';
import { waitUntil } from '../wait.mts';
import { caddyExample, type QueueFront } from './proxy-examples.mts';

type CaddyProcess = ResultPromise<{ reject: false; all: true }>;

/**
 * A real Caddy with the configuration of the example, on loopback, in a folder of its own. It comes from
 * the machine (`apt install caddy`).
 */
export class Caddy {
	readonly url: string;
	private readonly folder: string;
	private readonly child: CaddyProcess;

	private constructor(url: string, folder: string, child: CaddyProcess) {
		this.url = url;
		this.folder = folder;
		this.child = child;
	}

	static async startQueue(front: QueueFront): Promise<Caddy> {
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-caddy-'));
		const file = join(folder, 'Caddyfile');
		await writeFile(file, await caddyExample(front)(folder));
		const args = ['run', '--adapter', 'caddyfile', '--config', file];
		const env = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
		const child = execa(findProgram('caddy')!, args, { env, reject: false, all: true });
		const caddy = new Caddy(`http://127.0.0.1:${front.port}`, folder, child);
		try {
			await caddy.waitReady();
		} catch (error) {
			await caddy.close();
			throw error;
		}
		return caddy;
	}

	async close(): Promise<void> {
		this.child.kill();
		await this.child;
		await rm(this.folder, { recursive: true, force: true });
	}

	private async waitReady(): Promise<void> {
		await waitUntil('Caddy responds', async () => {
			if (this.child.exitCode !== null) throw new Error((await this.child).all);
			const response = await send(this.url).catch(() => undefined);
			return response !== undefined;
		});
	}
}
