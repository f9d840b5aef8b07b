import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheFolder, newestN8n, node20N8n } from '../n8n/runtime.mts';

/** The versions of n8n that each reliance was seen in. */
export const versions = [newestN8n, node20N8n];

type Service = Record<string, unknown>;
type ServiceType = { name: string };

/** The code of one n8n, without a running n8n around it. */
export interface N8nCode {
	version: string;
	/** A module of the package `n8n`, by its path below `dist`. */
	module<T = Record<string, never>>(path: string): T;
	/** A package as n8n itself resolves it. */
	package<T = Record<string, never>>(name: string): T;
}

const loaded = new Map<string, N8nCode>();

/**
 * The installed n8n of this version. It is not started: its modules are loaded as n8n loads them, and
 * what they look up in n8n's container are stand-ins.
 */
export function n8nCode(version: string): N8nCode {
	const known = loaded.get(version);
	if (known !== undefined) return known;
	const folder = join(cacheFolder, `n8n-${version}`);
	if (!existsSync(folder)) throw new Error(`n8n ${version} is not installed in ${folder}`);
	// Where n8n would put its settings.
	process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'cxone-contract-'));
	const require = createRequire(join(folder, 'node_modules/n8n/package.json'));
	require('reflect-metadata');
	const code: N8nCode = {
		version,
		module: <T,>(path: string) => require(`n8n/dist/${path}.js`) as T,
		package: <T,>(name: string) => require(name) as T,
	};
	loaded.set(version, code);
	return code;
}

/** A published workflow as this n8n loads it, whose nodes are all of this type. */
export function workflowIn<T>(n8n: N8nCode, data: object, nodeType: object = NO_TYPE): T {
	const { Workflow } = n8n.package<{ Workflow: new (data: object) => T }>('n8n-workflow');
	const nodeTypes = { getByNameAndVersion: () => nodeType, getByName: () => nodeType };
	const empty = { id: 'workflow', nodes: [], connections: {}, active: true, nodeTypes };
	return new Workflow({ ...empty, ...data });
}

const NO_TYPE = { description: { properties: [] } };

/**
 * Replaces n8n's container while `work` runs: returns the given services by class name, and a stub
 * for any other.
 */
export async function withServices<T>(
	n8n: N8nCode,
	services: Record<string, Service>,
	work: () => Promise<T>,
): Promise<T> {
	const { Container } = n8n.package<{ Container: { get: unknown } }>('@n8n/di');
	const { get } = Container;
	Container.get = ({ name }: ServiceType) => services[name] ?? nothing;
	try {
		return await work();
	} finally {
		Container.get = get;
	}
}

/** A service of which each method does nothing and each field is empty. */
const nothing: unknown = new Proxy(() => undefined, {
	get: (_target, name) => (name === 'then' ? undefined : nothing),
	apply: () => undefined,
});
