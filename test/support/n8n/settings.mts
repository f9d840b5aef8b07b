import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, searchPath } from './runtime.mts';

export interface N8nSettings {
	userFolder: string;
	port: number;
	brokerPort: number;
	/** n8n's public address; by default its own http address. */
	webhookUrl?: string;
	/** Wins over everything that is set here. */
	env?: Record<string, string>;
}

/** Taken over from the surrounding process; the rest (test runner, CI, own n8n) must not leak in. */
const inherited = ['HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'USERPROFILE', 'SystemRoot', 'TZ'];

/** Nothing that calls home, advertises or asks, so that a run is quiet and needs no network. */
const quiet = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
};

/** The editor is not used, and writing its files takes a third of a start. */
export const withoutEditor = { N8N_DISABLE_UI: 'true' };
/** Only with it n8n has an editor, and tells what nodes there are. */
export const withEditor = { N8N_DISABLE_UI: 'false' };

/**
 * Code nodes run in a separate process, which takes a quarter of a start: this n8n waits for one
 * that never comes.
 */
export const withoutCode = {
	N8N_RUNNERS_MODE: 'external',
	N8N_RUNNERS_AUTH_TOKEN: 'nobody has it',
};
/** n8n's default: for workflows with a Code node. */
export const withCode = { N8N_RUNNERS_MODE: 'internal' };

/** The environment of one n8n: SQLite in its folder, everything on loopback, readable logs. */
export function environment(n8nFolder: string, settings: N8nSettings): Record<string, string> {
	const { userFolder, port, brokerPort, webhookUrl, env = {} } = settings;
	const surrounding = inherited.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(surrounding),
		...quiet,
		...withoutModules(n8nFolder),
		PATH: searchPath(n8nFolder),
		// Half of a start is compiling; Node 20 does not know the setting.
		NODE_COMPILE_CACHE: join(cacheFolder, 'compiled', basename(n8nFolder)),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_ENCRYPTION_KEY: 'a fixed key, for test data only',
		// Before n8n 3 the default.
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_LOG_LEVEL: 'info',
		N8N_LOG_OUTPUT: 'console',
		N8N_LOG_FORMAT: 'text',
		...(webhookUrl ? { WEBHOOK_URL: webhookUrl } : {}),
		...env,
	};
}

/** Modules that no workflow of a test meets: a tenth of a start, and one of them calls home. */
const NOT_NEEDED = ['agents', 'chat-hub', 'instance-ai', 'mcp', 'mcp-registry', 'workflow-builder'];

/** Only those that this n8n has: with another name it does not start. */
function withoutModules(n8nFolder: string): Record<string, string> {
	const modules = join(n8nFolder, 'node_modules', 'n8n', 'dist', 'modules');
	const disabled = NOT_NEEDED.filter((name) => existsSync(join(modules, name)));
	return { N8N_DISABLED_MODULES: disabled.join(',') };
}

/** n8n's data folder inside a user folder. */
export function databaseFile(userFolder: string): string {
	return join(userFolder, '.n8n', 'database.sqlite');
}

/** n8n leaves it while it runs. A start that finds it waits for ten seconds, against crash loops. */
export function crashJournal(userFolder: string): string {
	return join(userFolder, '.n8n', 'crash.journal');
}
