import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from './n8n/runtime.mts';

export interface ComposeService {
	image: string;
	entrypoint?: string[];
	command?: string | string[];
	environment?: Record<string, string | number>;
	volumes?: string[];
	ports?: string[];
	networks?: unknown;
	stop_grace_period?: string;
}

export interface ComposeFile {
	services: Record<string, ComposeService>;
}

/** The deployment that operators copy, with what its parts share put into each. */
export function composeFile(): ComposeFile {
	const path = join(projectRoot, 'examples', 'deploy', 'compose.yaml');
	return parse(readFileSync(path, 'utf8'), { merge: true }) as ComposeFile;
}

/** Redis's arguments, except the password: tests have none. */
export function redisSettings(): string[] {
	const [program, ...settings] = String(composeFile().services.redis!.command).split(' ');
	if (program !== 'redis-server') throw new Error('compose.yaml starts something else');
	const password = settings.indexOf('--requirepass');
	return settings.filter((_setting, index) => index !== password && index !== password + 1);
}

/** Settings of workers only. */
export function workerSettings(): Record<string, string> {
	const { main, worker } = composeFile().services;
	const own = Object.entries(worker!.environment!).filter(([name]) => main!.environment![name] === undefined);
	return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}
