import { defineConfig } from 'vitest/config';

/** The tests that look at how a delivery is received, in the order in which they find most. */
export default defineConfig({
	test: {
		include: [
			'test/unit/**/*.test.mts',
			'test/integration/delivery-*.test.mts',
			'test/integration/constant-time.test.mts',
		],
		testTimeout: 30_000,
	},
});
