import { defineConfig } from 'vitest/config';
import { n8nWorkflowAlias, sharedModules } from '../support/vitest.mts';

/** The tests that run the nodes' own code in this process. */
export default defineConfig({
	resolve: { alias: n8nWorkflowAlias },
	test: {
		include: ['test/unit/**/*.test.mts', 'test/integration/**/*.test.mts'],
		exclude: ['test/unit/{docs,repository,build,examples}/**'],
		...sharedModules,
	},
});
