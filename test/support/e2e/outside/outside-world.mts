import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompletedRequest, generateCACertificate, getLocal, type Mockttp } from 'mockttp';
import {
	jira,
	type OutsideRequest,
	type OutsideService,
	slack,
	jiraCredential,
	slackCredential,
	teams,
	teamsCredential,
} from './service.mts';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Credential, N8nClient } from '../../n8n/client.mts';

/**
 * The internet as n8n sees it. n8n's own nodes call Slack, Teams and Jira at their real addresses, and a
 * proxy that n8n trusts responds in their place; nothing leaves this machine. Mail goes to a real
 * server on this machine.
 */
export class OutsideWorld {
	/** Every request that reached the proxy, oldest first. */
	readonly requests: OutsideRequest[] = [];
	readonly mail: MailServer;
	/** Makes n8n use the proxy and trust it. */
	readonly env: Record<string, string>;
	private readonly proxy: Mockttp;
	private readonly folder: string;
	private readonly known = new Set<string>();

	private constructor(proxy: Mockttp, folder: string, certificate: string, mail: MailServer) {
		this.proxy = proxy;
		this.folder = folder;
		this.mail = mail;
		this.env = {
			HTTP_PROXY: proxy.url,
			HTTPS_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certificate,
		};
	}

	/** @param parent where its certificate lies; the folder of the system for such things if absent */
	static async open(parent = tmpdir()): Promise<OutsideWorld> {
		const authority = await generateCACertificate();
		const folder = await mkdtemp(join(parent, 'cxone-expert-outside-'));
		const certificate = join(folder, 'authority.pem');
		await writeFile(certificate, authority.cert);
		const proxy = getLocal({ https: { key: authority.key, cert: authority.cert } });
		await proxy.start();
		const mail = await MailServer.open();
		const world = new OutsideWorld(proxy, folder, certificate, mail);
		await world.respondAs([slack(), teams(), jira()]);
		return world;
	}

	/** From now on this is at the other end of `https://host`: a site or an n8n of this machine. */
	async lead(host: string, target: string): Promise<void> {
		this.known.add(host);
		await this.proxy.forAnyRequest().forHost(host).thenForwardTo(target);
	}

	/** The requests to one host that change something there, e.g. the messages to `slack.com`. */
	sent(host: string): OutsideRequest[] {
		return this.requests.filter(({ method, url }) => method !== 'GET' && new URL(url).hostname === host);
	}

	/** Requests to addresses that none of the services has. */
	get strays(): OutsideRequest[] {
		return this.requests.filter(({ url }) => !this.known.has(new URL(url).hostname));
	}

	async close(): Promise<void> {
		await Promise.all([this.proxy.stop(), this.mail.close()]);
		await rm(this.folder, { recursive: true, force: true });
	}

	private async respondAs(services: OutsideService[]) {
		// The library listens on all addresses of the machine.
		await this.proxy.forAnyRequest().matching(isFromElsewhere).thenCloseConnection();
		for (const service of services) {
			this.known.add(service.host);
			await this.proxy
				.forAnyRequest()
				.forHost(service.host)
				.thenCallback(async (request) => {
					const { status, json } = service.respond(await this.record(request));
					return { statusCode: status, json: json as object };
				});
		}
		await this.proxy.forUnmatchedRequest().thenCallback(async (request) => {
			await this.record(request);
			return { statusCode: 502, body: 'Nothing is at this address.' };
		});
	}

	private async record({ method, url, headers, body }: CompletedRequest) {
		const text = (await body.getText()) ?? '';
		const request = { method, url, headers, body: parsed(text) };
		this.requests.push(request);
		return request;
	}
}

export function isFromElsewhere({ remoteIpAddress = '' }: CompletedRequest): boolean {
	return !/^(::1|(::ffff:)?127\.)/.test(remoteIpAddress);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

const user = 'mailbox';
const password = 'smtp-test-password';

/** A real SMTP server on this machine that keeps what it is given. */
class MailServer {
	readonly mails: Email[] = [];
	private readonly server: SMTPServer;

	private constructor() {
		this.server = new SMTPServer({
			hideSTARTTLS: true,
			allowInsecureAuth: true,
			onAuth: (login, _session, done) => {
				const isKnown = login.username === user && login.password === password;
				done(isKnown ? null : new Error('Invalid username or password'), { user });
			},
			onData: (stream, _session, done) => {
				void buffer(stream)
					.then((mail) => PostalMime.parse(mail))
					.then((mail) => {
						this.mails.push(mail);
						done();
					}, done);
			},
		});
	}

	static async open(): Promise<MailServer> {
		const mailServer = new MailServer();
		await new Promise<void>((resolve, reject) => {
			mailServer.server.on('error', reject);
			mailServer.server.listen(0, '127.0.0.1', resolve);
		});
		return mailServer;
	}

	/** Content of n8n's SMTP credential. */
	get credential() {
		const { port } = this.server.server.address() as AddressInfo;
		return { user, password, host: '127.0.0.1', port, secure: false, disableStartTls: true };
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(resolve));
	}
}

/** Credentials for each service of the outside world. */
export async function createOutsideCredentials(client: N8nClient, { mail }: OutsideWorld): Promise<Credential[]> {
	return [
		await client.createCredential('Slack', 'slackApi', slackCredential),
		await client.createCredential('Teams', 'microsoftTeamsOAuth2Api', teamsCredential),
		await client.createCredential('Jira', 'jiraSoftwareCloudApi', jiraCredential),
		await client.createCredential('Mail', 'smtp', mail.credential),
		// The model's step is pinned.
		await client.createCredential('Model', 'openAiApi', { apiKey: 'never sent' }),
	];
}
