import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateCACertificate, getLocal, type Mockttp, type RequestRuleBuilder } from 'mockttp';
import { isFromElsewhere } from './e2e/outside/outside-world.mts';

/** How a proxy treats requests for n8n. */
export type Rule = (requests: RequestRuleBuilder, target: string) => Promise<unknown>;

/** Passes everything on. */
export const passOn: Rule = async (requests, target) => await requests.thenForwardTo(target);

/** Passes everything on except for these headers. */
export const withoutHeaders =
	(...names: string[]): Rule =>
	async (requests, target) => {
		const updateHeaders = Object.fromEntries(names.map((name) => [name, undefined]));
		await requests.thenForwardTo(target, { transformRequest: { updateHeaders } });
	};

/** A reverse proxy before n8n, with http and https at one port. */
export class ReverseProxy {
	/** A file with the certificate of the authority that signs for it. */
	readonly authorityFile: string;
	private readonly server: Mockttp;
	private readonly folder: string;
	private target = '';

	private constructor(server: Mockttp, folder: string, authorityFile: string) {
		this.server = server;
		this.folder = folder;
		this.authorityFile = authorityFile;
	}

	static async open(): Promise<ReverseProxy> {
		const { key, cert } = await generateCACertificate();
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-proxy-'));
		const authorityFile = join(folder, 'authority.pem');
		await writeFile(authorityFile, cert);
		const server = getLocal({ https: { key, cert } });
		await server.start();
		return new ReverseProxy(server, folder, authorityFile);
	}

	get url(): string {
		return `http://127.0.0.1:${this.server.port}`;
	}

	get httpsUrl(): string {
		return `https://localhost:${this.server.port}`;
	}

	/** From now on this is n8n, and nothing happens to what it is sent. */
	async leadTo(target: string): Promise<void> {
		this.target = target;
		await this.rule(passOn);
	}

	/** From now on this happens to all requests. */
	async rule(rule: Rule): Promise<void> {
		this.server.reset();
		// The library listens on all addresses of the machine.
		await this.server.forAnyRequest().matching(isFromElsewhere).thenCloseConnection();
		await rule(this.server.forAnyRequest().always(), this.target);
	}

	async close(): Promise<void> {
		await this.server.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}
