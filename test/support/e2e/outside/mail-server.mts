import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const user = 'mailbox';
const password = 'smtp-test-password';

/** A real SMTP server on this machine that keeps what it is given. */
export class MailServer {
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

	/** What a user enters in n8n's SMTP credential. */
	get credential() {
		const { port } = this.server.server.address() as AddressInfo;
		return { user, password, host: '127.0.0.1', port, secure: false, disableStartTls: true };
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(resolve));
	}
}
