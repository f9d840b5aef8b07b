import { resolve } from 'node:path';
import { basename, dirname, relative } from 'node:path/posix';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import { root } from '../repository/identity.mts';

/** All of the package. */
const ENTRY = 'nodes/CxoneExpert/index.ts';

/** The libraries that only some operations need: a file of its own, read when one of them runs. */
const LIBRARIES = 'nodes/CxoneExpert/actions/markdown/libraries.ts';

/** The licences of all libraries, in `dist`. */
export const LICENCES = 'nodes/CxoneExpert/LICENSES.txt';

const librariesApart: Plugin = {
	name: 'libraries-apart',
	setup({ onResolve }) {
		onResolve({ filter: /\/libraries$/ }, ({ path, resolveDir }) => {
			if (resolve(resolveDir, `${path}.ts`) !== resolve(root, LIBRARIES)) return undefined;
			const file = relative(dirname(ENTRY), LIBRARIES).replace(/\.ts$/, '.js');
			return { path: `./${file}`, external: true };
		});
	},
};

/**
 * One file, because n8n takes nearly three times as long to open hundreds: docs/decisions/0014. With the libraries,
 * so that the package has no runtime dependencies. From the source: its `import` gets a library's modules,
 * of which only those that are used go in and each is named. What `tsc` has made of it would `require` all
 * of them in one piece.
 */
export const bundling = {
	absWorkingDir: root,
	entryPoints: [ENTRY, LIBRARIES],
	outbase: '.',
	platform: 'node',
	target: 'node20',
	format: 'cjs',
	bundle: true,
	external: ['n8n-workflow'],
	// What is loaded when it is needed is loaded as everything else is.
	supported: { 'dynamic-import': false },
	// Readable, for whoever reviews the package or looks into it on a server.
	minify: false,
	plugins: [librariesApart],
	alias: { '@ungap/structured-clone': './scripts/build/structured-clone.mjs' },
} satisfies BuildOptions;

/** The files in which n8n looks for the classes, as package.json lists them: each leads to the bundle. */
export function classFiles(): Map<string, string> {
	const { credentials, nodes } = manifest.n8n;
	const bundle = `dist/${dirname(ENTRY)}`;
	return new Map(
		[...credentials, ...nodes].map((file) => {
			const [name = ''] = basename(file).split('.');
			const path = `${relative(dirname(file), bundle) || '.'}/index.js`;
			return [file, `"use strict";\nexports.${name} = require("${path}").${name};\n`];
		}),
	);
}

/** The files of which something is in the output: not all that a library imports is used. */
export function bundledInputs({ outputs }: Metafile): string[] {
	return Object.values(outputs).flatMap(({ inputs }) =>
		Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0),
	);
}
