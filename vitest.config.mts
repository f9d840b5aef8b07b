import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
		projects: [
			{ test: { name: 'unit', include: ['test/unit/**/*.test.mts'] } },
			{
				test: {
					name: 'integration',
					include: ['test/integration/**/*.test.mts'],
					testTimeout: 30_000,
				},
			},
			{
				test: {
					name: 'fuzz',
					include: ['test/fuzz/**/*.test.mts'],
					// As long as the number of cases takes.
					testTimeout: 0,
				},
			},
			{
				test: {
					name: 'e2e',
					include: ['test/e2e/**/*.test.mts'],
					testTimeout: 120_000,
					hookTimeout: 300_000,
					// One real n8n at a time: two of them on a small machine only measure each other.
					fileParallelism: false,
					globalSetup: ['test/e2e/setup.mts'],
				},
			},
		],
	},
});
