import { chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { isOpen, onFreePort } from '../ports.mts';
import { findProgram } from '../programs.mts';
import { waitUntil } from '../wait.mts';

/** Dovecot comes from the machine (`apt install dovecot-imapd`); no npm package is a server of today. */
export function hasImapServer(): boolean {
	return findProgram('dovecot') !== undefined;
}

/** An IMAP server of its own with one mailbox, in a folder that goes with it. */
export async function startImapServer(): Promise<ImapServer> {
	return await onFreePort(async (port) => {
		const server = new ImapServer(port, await mkdtemp(join(tmpdir(), 'cxone-expert-imap-')));
		await server.start();
		return server;
	});
}

/** Dovecot does not serve mail as root: this one the package has made for what needs no rights. */
const UNPRIVILEGED = 'dovenull';

export class ImapServer {
	/** As n8n's credential *IMAP* has it. */
	readonly credential: object;
	private readonly port: number;
	private readonly folder: string;
	private child?: ResultPromise<{ reject: false }>;
	private mails = 0;

	constructor(port: number, folder: string) {
		this.port = port;
		this.folder = folder;
		this.credential = {
			...{ user: 'reader', password: PASSWORD, host: '127.0.0.1', port, secure: false },
			allowUnauthorizedCerts: false,
		};
	}

	async start(): Promise<void> {
		const asOwner = await this.makeFolders();
		const config = join(this.folder, 'dovecot.conf');
		const user = asOwner.length > 0 ? UNPRIVILEGED : userInfo().username;
		await writeFile(config, await configuration(this.folder, this.port, user));
		const [command, ...args] = [...asOwner, findProgram('dovecot')!, '-F', '-c', config];
		const child = execa(command!, args, { reject: false });
		this.child = child;
		await waitUntil('the IMAP server accepts connections', async () => {
			const isUp = await isOpen(this.port);
			if (child.exitCode !== null) throw new Error(`Dovecot has ended: ${(await child).stderr}`);
			return isUp;
		});
	}

	/** One more mail in the mailbox, put there as a mail server does it. */
	async deliver(): Promise<void> {
		const name = `${++this.mails}.mail`;
		const place = (folder: string) => join(this.folder, 'mail', folder, name);
		const headers = ['From: a@example.com', 'To: b@example.com', `Subject: Mail ${this.mails}`];
		await writeFile(place('tmp'), `${headers.join('\r\n')}\r\n\r\nText\r\n`);
		await rename(place('tmp'), place('new'));
	}

	async stop(): Promise<void> {
		this.child?.kill('SIGTERM');
		await this.child;
		await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
	}

	/** @returns what goes before a command to run it as their owner, who is not root */
	private async makeFolders(): Promise<string[]> {
		const mail = join(this.folder, 'mail');
		const folders = [this.folder, mail, ...['cur', 'new', 'tmp'].map((name) => join(mail, name))];
		for (const folder of folders) await mkdir(folder, { recursive: true });
		if (process.getuid?.() !== 0) return [];
		const id = async (which: string) => Number((await execa('id', [which, UNPRIVILEGED])).stdout);
		const [uid, gid] = [await id('-u'), await id('-g')];
		for (const folder of folders) await chown(folder, uid, gid);
		return ['runuser', '-u', UNPRIVILEGED, '--'];
	}
}

const PASSWORD = 'secret';

/** Version 2.4 has other names for half of the settings than those before it. */
async function configuration(folder: string, port: number, user: string): Promise<string> {
	const { stdout: version } = await execa(findProgram('dovecot')!, ['--version']);
	const isOld = version.startsWith('2.3');
	const group = (await execa('id', ['-gn', user])).stdout;
	return `${isOld ? beforeVersion24(folder, user) : sinceVersion24(folder, user)}
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
protocols = imap
listen = 127.0.0.1
ssl = no
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`;
}

const beforeVersion24 = (folder: string, user: string) => `
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${user} home=${folder}/home
}`;

const sinceVersion24 = (folder: string, user: string) => `
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ${folder}/mail
passdb static {
  password = ${PASSWORD}
}
userdb static {
  fields {
    uid = ${user}
    home = ${folder}/home
  }
}`;
