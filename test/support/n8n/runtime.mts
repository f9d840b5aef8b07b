import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The newest n8n that can be installed. */
export const newestN8n = '2.41.1';

/** The newest n8n that runs on Node 20. */
export const node20N8n = '2.8.4';

/** One n8n from between any two changes that the trigger sees, the oldest first: docs/operating.md#versions-of-n8n. */
export const testedN8n = [node20N8n, '2.27.5', '2.34.6', '2.39.10', newestN8n];

/**
 * The tag of the early access of n8n 3, which has no package in npm: its newest release candidate
 * (n8n-io/n8n, `build-v3-nightly.yml`). Without a text the nightly run leaves it out.
 */
const EARLY_ACCESS = 'v3-rc';

/** The images that GitHub's nightly run tests, by their tags: `.github/workflows/nightly.yml` reads it. */
export const nightlyTags = [...testedN8n, 'stable', 'next', EARLY_ACCESS].filter(Boolean);

/** The n8n that the end-to-end tests and the demo run. */
export const n8nVersion = process.env.N8N_VERSION || newestN8n;

/** The Node that is installed beside an old n8n; any other runs on the Node of this project. */
export const ownNode: Record<string, string> = {
	[node20N8n]: '20.20.2',
	'2.27.5': '22.23.3',
	'2.34.6': '22.23.3',
};

/** The folder with this project's package.json. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything the harness downloads or creates inside the project; git ignores it. */
export const cacheFolder = join(projectRoot, '.cache');

/**
 * Node for an n8n: the one installed beside it, else this project's. The newest n8n needs Node 24,
 * which the machine may lack. The devDependency `node` provides it, and `npm run` puts it first;
 * this finds it even without that.
 */
export function nodeBinary(n8nFolder?: string): string {
	const own = n8nFolder && bundledNode(n8nFolder);
	if (own && existsSync(own)) return own;
	const major = Number(process.versions.node.split('.')[0]);
	const bundled = bundledNode(projectRoot);
	return major >= 24 || !existsSync(bundled) ? process.execPath : bundled;
}

/** `PATH` with that Node first: npm and n8n's task runner both start whatever `node` is there. */
export function searchPath(n8nFolder?: string): string {
	return [dirname(nodeBinary(n8nFolder)), process.env.PATH ?? ''].join(delimiter);
}

/** Where the npm package `node` puts its program. */
function bundledNode(folder: string): string {
	return join(folder, 'node_modules', 'node', 'bin', 'node');
}
