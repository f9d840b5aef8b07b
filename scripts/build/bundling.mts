import type { BuildOptions } from 'esbuild';
import { root } from '../repository/identity.mts';

/** The one file that uses the XML library, without its ending. */
export const XML = 'nodes/CxoneExpert/api/xml';

/** The one file that names the version of the package. */
const VERSION = 'nodes/CxoneExpert/actions/webhook/health/package-version';

/** The files that need something that a user does not have. */
export const bundledFiles = [`${XML}.ts`, `${VERSION}.ts`];

/** Target of the output, the same as `tsc` has for all other files. */
export const asUsersRunIt = {
	absWorkingDir: root,
	outbase: '.',
	platform: 'node',
	target: 'node20',
	format: 'cjs',
	// Readable, for whoever reviews the package or looks into it on a server.
	minify: false,
} satisfies BuildOptions;

/**
 * Puts the XML library into the one file that uses it, so that the package has no runtime
 * dependencies, and the version of the package into the one that names it. From the source: its
 * `import` gets the library's modules, of which only those that are used go in and each is named.
 * What `tsc` has made of it would `require` all of them in one piece.
 */
export const bundling = {
	...asUsersRunIt,
	entryPoints: bundledFiles,
	bundle: true,
} satisfies BuildOptions;
