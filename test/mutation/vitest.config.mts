import { defineConfig } from 'vitest/config';
import { n8nWorkflowAlias, sharedModules } from '../support/vitest.mts';

/** The tests that look at how a delivery is received, in the order in which they find most. */
export default defineConfig({
	resolve: { alias: n8nWorkflowAlias },
	test: {
		include: [
			'test/unit/**/*.test.mts',
			'test/integration/delivery-*.test.mts',
			'test/integration/constant-time.test.mts',
		],
		...sharedModules,
	},
});
