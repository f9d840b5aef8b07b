import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The n8n that the end-to-end tests and the demo run. */
export const n8nVersion = '2.41.1';

/** The folder with this project's package.json. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Everything the harness downloads or creates inside the project; git ignores it. */
export const cacheFolder = join(projectRoot, '.cache');

/**
 * n8n needs Node 24, and the machine may have an older one. The `node` devDependency brings the
 * right one, and `npm run` puts it first; this also finds it when nobody did.
 */
export function nodeBinary(): string {
	const major = Number(process.versions.node.split('.')[0]);
	const bundled = join(projectRoot, 'node_modules', 'node', 'bin', 'node');
	return major >= 24 || !existsSync(bundled) ? process.execPath : bundled;
}

/** `PATH` with that Node first: npm and n8n's task runner both start whatever `node` is there. */
export function searchPath(): string {
	return [dirname(nodeBinary()), process.env.PATH ?? ''].join(delimiter);
}
