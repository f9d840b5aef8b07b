import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateCACertificate } from 'mockttp';
import { send } from '../http.mts';
import { projectRoot } from '../n8n/runtime.mts';
import { onFreePort } from '../local-server.mts';
import { Program } from '../programs.mts';
import type { Settings } from '../simulator/index.mts';
import { Scene } from './scene.mts';

/* Real proxies with the configuration of examples/deploy, on loopback. */

/** A file of examples/deploy with the values of one machine, in a folder for what belongs to it. */
type Example = (folder: string) => Promise<string>;

type Values = ReadonlyArray<readonly [given: string | RegExp, own: string]>;

export interface QueueFront {
	port: number;
	tlsPort: number;
	/** Base URLs. */
	main: string;
	webhooks: string[];
	/** Whether copies of a delivery go to webhook processes in turn, and not to one as in the example. */
	takesTurns?: boolean;
}

abstract class Proxy {
	readonly url: string;
	protected readonly program: Program;

	constructor(port: number, program: Program) {
		this.url = `http://127.0.0.1:${port}`;
		this.program = program;
	}

	async close(): Promise<void> {
		await this.program.remove();
	}

	/** Whatever its response. */
	protected readonly responds = async (path: string): Promise<boolean> =>
		await send(this.url + path).then(
			() => true,
			() => false,
		);
}

export class Nginx extends Proxy {
	/** In front of one n8n. */
	static async start(options: { port: number; upstream: string }): Promise<Nginx> {
		return await Nginx.with(options.port, nginxExample(options));
	}

	/** In front of n8n in queue mode. */
	static async startQueue(front: QueueFront): Promise<Nginx> {
		return await Nginx.with(front.port, nginxQueueExample(front));
	}

	private static async with(port: number, example: Example): Promise<Nginx> {
		const program = await Program.withFolder('nginx');
		const { folder } = program;
		await writeFile(join(folder, 'n8n.conf'), await example(folder));
		await writeFile(join(folder, 'nginx.conf'), surroundings(folder));
		const nginx = new Nginx(port, program);
		const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
		// What nginx keeps to itself, so that it responds without n8n.
		await program.start(args, async () => await nginx.responds('/n8n-ready'));
		if (!program.output.includes('Address already in use')) return nginx;
		// Somebody else has responded: nginx tries for seconds to get a port that is taken.
		await nginx.close();
		throw new Error(program.output);
	}

	/** Its notes on Authorization values that n8n accepts. */
	async known(): Promise<string> {
		const { folder } = this.program;
		const files = await readdir(join(folder, 'known'), { recursive: true, withFileTypes: true });
		const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
		return (await Promise.all(paths.map(async (path) => await readFile(path, 'latin1')))).join('\n');
	}
}

export class Caddy extends Proxy {
	static async startQueue(front: QueueFront): Promise<Caddy> {
		const program = await Program.withFolder('caddy');
		const { folder } = program;
		const file = join(folder, 'Caddyfile');
		await writeFile(file, await caddyExample(front)());
		const caddy = new Caddy(front.port, program);
		const args = ['run', '--adapter', 'caddyfile', '--config', file];
		const env = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
		await program.start(args, async () => await caddy.responds('/'), env);
		return caddy;
	}
}

/** A scene whose n8n is behind nginx and knows its public address. */
export async function openBehindNginx(env: Record<string, string>, settings: Partial<Settings>) {
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
error_log stderr;
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

/** Where nginx notes values that n8n accepted. */
const KNOWN_CACHE = '/var/cache/nginx-n8n-known';

function nginxExample({ port, upstream }: { port: number; upstream: string }): Example {
	return async (folder) =>
		await filledIn('nginx.conf', [
			['127.0.0.1:5678', hostOf(upstream)],
			['listen 80;', `listen 127.0.0.1:${port};`],
			[/\/var\/cache\/nginx-n8n(?= )/, join(folder, 'ready')],
			[KNOWN_CACHE, join(folder, 'known')],
		]);
}

/** With TLS as in the example; also without, on a port of its own. */
function nginxQueueExample(front: QueueFront): Example {
	const { port, tlsPort, main, webhooks, takesTurns = false } = front;
	const servers = /(?:\tserver 172\.30\.78\.1[12]:5678 (.*;).*\n)+/;
	return async (folder) => {
		const certs = await makeCertificate(folder);
		return await filledIn('nginx-queue.conf', [
			['listen 443 ssl;', `listen 127.0.0.1:${port};\n\tlisten 127.0.0.1:${tlsPort} ssl;`],
			[/\/etc\/nginx\/certs(?=\/fullchain)/, certs],
			[/\/etc\/nginx\/certs(?=\/privkey)/, certs],
			['172.30.78.10:5678', hostOf(main)],
			[KNOWN_CACHE, join(folder, 'known')],
			[servers, webhooks.map((url) => `\tserver ${hostOf(url)} $1\n`).join('')],
			...(takesTurns ? [['hash $n8n_delivery consistent;', ''] as const] : []),
		]);
	};
}

/** Without TLS: Caddy would request a certificate. */
function caddyExample({ port, main, webhooks }: QueueFront): () => Promise<string> {
	return async () => {
		const text = await filledIn('Caddyfile', [
			['n8n.example.com {', `http://127.0.0.1:${port} {`],
			['172.30.78.10:5678', hostOf(main)],
			['172.30.78.11:5678 172.30.78.12:5678', webhooks.map(hostOf).join(' ')],
		]);
		return `{\n\tadmin off\n}\n${text}`;
	};
}

/** Changes the marked values, as an operator would. */
async function filledIn(file: string, values: Values): Promise<string> {
	const path = join(projectRoot, 'examples', 'deploy', file);
	let text = await readFile(path, 'utf8');
	for (const [given, own] of values) {
		const isThere = typeof given === 'string' ? text.includes(given) : given.test(text);
		if (!isThere) throw new Error(`${path} has no "${String(given)}" any more`);
		text = text.replace(given, own);
	}
	return text;
}

async function makeCertificate(folder: string): Promise<string> {
	const certs = join(folder, 'certs');
	const { cert, key } = await generateCACertificate();
	await mkdir(certs);
	await writeFile(join(certs, 'fullchain.pem'), cert);
	await writeFile(join(certs, 'privkey.pem'), key, { mode: 0o600 });
	return certs;
}

function hostOf(url: string): string {
	return new URL(url).host;
}
