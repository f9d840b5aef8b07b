import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateCACertificate } from 'mockttp';
import { projectRoot } from '../n8n/runtime.mts';

/** A file of examples/deploy with the values of one machine, in a folder for what belongs to it. */
export type Example = (folder: string) => Promise<string>;

type Values = ReadonlyArray<readonly [given: string | RegExp, own: string]>;

/** How deliveries are shared out between webhook processes. */
export type Balancing = 'hash' | 'round robin';

export interface QueueFront {
	port: number;
	tlsPort: number;
	/** Base URLs. */
	main: string;
	webhooks: string[];
	/** As in the example, unless a test wants to see what others get. */
	balancing?: Balancing;
}

export function nginxExample({ port, upstream }: { port: number; upstream: string }): Example {
	return async (folder) =>
		await filledIn('nginx.conf', [
			['127.0.0.1:5678', hostOf(upstream)],
			['listen 80;', `listen 127.0.0.1:${port};`],
			['/var/cache/nginx-n8n', join(folder, 'cache')],
		]);
}

/** With TLS as in the example, and without at a port of its own. */
export function nginxQueueExample(front: QueueFront): Example {
	const { port, tlsPort, main, webhooks, balancing = 'hash' } = front;
	const servers = /(?:\tserver 172\.30\.78\.1[12]:5678 (.*;).*\n)+/;
	return async (folder) => {
		const certs = await makeCertificate(folder);
		return await filledIn('nginx-queue.conf', [
			['listen 443 ssl;', `listen 127.0.0.1:${port};\n\tlisten 127.0.0.1:${tlsPort} ssl;`],
			[/\/etc\/nginx\/certs(?=\/fullchain)/, certs],
			[/\/etc\/nginx\/certs(?=\/privkey)/, certs],
			['172.30.78.10:5678', hostOf(main)],
			[servers, webhooks.map((url) => `\tserver ${hostOf(url)} $1\n`).join('')],
			...(balancing === 'hash' ? [] : [['hash $n8n_delivery consistent;', ''] as const]),
		]);
	};
}

/** Without TLS: Caddy would ask for a certificate. */
export function caddyExample({ port, main, webhooks }: QueueFront): Example {
	return async () => {
		const text = await filledIn('Caddyfile', [
			['n8n.example.com {', `http://127.0.0.1:${port} {`],
			['172.30.78.10:5678', hostOf(main)],
			['172.30.78.11:5678 172.30.78.12:5678', webhooks.map(hostOf).join(' ')],
		]);
		return `{\n\tadmin off\n}\n${text}`;
	};
}

/** What an operator does: change the values that the file marks. */
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
