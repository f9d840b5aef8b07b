import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { n8nWorkflowAlias } from '../support/vitest.mts';

/*
 * Writes what the trigger does, seen from its door, so that two versions can be compared:
 *
 *     TAPE=/tmp/old npx vitest run --config test/tape/vitest.config.mts
 *     TAPE=/tmp/new TAPE_NODES=/path/to/other/checkout npx vitest run --config test/tape/vitest.config.mts
 *     diff -r /tmp/old /tmp/new
 *
 * With TAPE_NODES the nodes are those of another checkout, and everything around them stays: the
 * simulated site, n8n's contexts, the cases. Of the package nothing but its three classes is loaded.
 */

const folder = import.meta.dirname;

export default defineConfig({
	root: path.resolve(folder, '../..'),
	resolve: { alias: n8nWorkflowAlias },
	plugins: [
		{
			// The one that all support loads the package with knows what the trigger keeps in memory.
			name: 'package-by-its-classes',
			enforce: 'pre',
			resolveId: (source) =>
				source.endsWith('/package-under-test.mts') ? `${folder}/package.mts` : undefined,
		},
	],
	test: {
		include: ['test/tape/*.tape.mts'],
		fileParallelism: false,
		testTimeout: 600_000,
		env: { TZ: 'UTC' },
	},
});
