import type { BuildOptions, Metafile } from 'esbuild';
import { root } from '../repository/identity.mts';

/** The files that use libraries: for XML, and for HTML to Markdown. */
const LIBRARIES = [
	'nodes/CxoneExpert/api/xml.ts',
	'nodes/CxoneExpert/actions/markdown/libraries.ts',
];

/** The licences of all libraries, in `dist`. */
export const LICENCES = 'nodes/CxoneExpert/LICENSES.txt';

/** The one file that names the version of the package. */
const VERSION = 'nodes/CxoneExpert/actions/webhook/health/package-version.ts';

/** The files that need something that a user does not have. */
export const bundledFiles = [...LIBRARIES, VERSION];

/** Target of the output, the same as `tsc` has for all other files. */
export const asUsersRunIt = {
	absWorkingDir: root,
	outbase: '.',
	platform: 'node',
	target: 'node20',
	format: 'cjs',
	// What is loaded when it is needed is loaded as everything else is.
	supported: { 'dynamic-import': false },
	// Readable, for whoever reviews the package or looks into it on a server.
	minify: false,
} satisfies BuildOptions;

/**
 * Puts each library into the one file that uses it, so that the package has no runtime
 * dependencies, and the version of the package into the one that names it. From the source: its
 * `import` gets the library's modules, of which only those that are used go in and each is named.
 * What `tsc` has made of it would `require` all of them in one piece.
 */
export const bundling = {
	...asUsersRunIt,
	entryPoints: bundledFiles,
	bundle: true,
	alias: { '@ungap/structured-clone': './scripts/build/structured-clone.mjs' },
} satisfies BuildOptions;

/** The files of which something is in the output: not all that a library imports is used. */
export function bundledInputs({ outputs }: Metafile): string[] {
	return Object.values(outputs).flatMap(({ inputs }) =>
		Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0),
	);
}
