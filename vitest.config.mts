import { defineConfig } from 'vitest/config';
import { n8nVersion, newestN8n, node20N8n } from './test/support/n8n/runtime.mts';
import { FailuresAtOnce, LongestFirst, n8nWorkflowAlias, patient, sharedModules } from './test/support/vitest.mts';
import { LIMIT_MS } from './test/support/wait.mts';

/** What of the end-to-end tests runs on each n8n: docs/operating.md#versions-of-n8n. */
const n8nOfSmallSet = process.env.N8N_VERSION || node20N8n;
const isNewerThanTested = n8nOfSmallSet.localeCompare(newestN8n, 'en', { numeric: true }) > 0;
const smallSet = [
	// What a user notices first where n8n differs: it loads, publishes, delivers, knows a
	// duplicate, also after a restart, unpublishes, polls by hand, and the action node works, also as a tool.
	...['package', 'credential', 'subscription', 'delivery', 'memory', 'send-test-delivery'],
	...['agents', 'polling-by-hand'],
	// Nothing else runs on what comes after the newest n8n of npm.
	...(isNewerThanTested ? ['watch', 'newest/page-published', 'newest/templates'] : []),
];

/** Documents, examples, the package, the probe and this repository: not in the quick loop. */
const aboutRepository = ['repository', 'docs', 'build', 'examples', 'probe'].map(
	(folder) => `test/unit/${folder}/**/*.test.mts`,
);

/** The simulated n8n and the real one, compared. */
const worldOnRealN8n = 'test/world/real.test.mts';

/** What all tests with a real n8n share. */
const realN8n = {
	include: ['test/e2e/**/*.test.mts'],
	...patient,
	// A test waits for half of its time, and other tests run beside them (test/all.mts). With more, n8n responds
	// late and is retried, and where two such runs share a machine, tests meet limits that are the machine's.
	maxWorkers: 2,
	// Files share what a worker has started, an n8n among it. See Scene.share.
	isolate: false,
	globalSetup: ['test/e2e/setup.mts'],
	// After the projects whose tests take all processors.
	sequence: { groupOrder: 2 },
};

export default defineConfig({
	test: {
		sequence: { sequencer: LongestFirst },
		reporters: ['default', 'json', new FailuresAtOnce()],
		// A script whose report CI counts names a file of its own.
		outputFile: { json: '.cache/test-results.json' },
		coverage: {
			// Also what no test imports.
			include: ['nodes/**/*.ts', 'credentials/**/*.ts'],
			reporter: [['text', { skipFull: true }], 'text-summary', 'json-summary', 'lcov'],
			reportsDirectory: '.cache/coverage',
			// A shard of CI runs a part of the tests; the thresholds are those of all parts together.
			...(process.env.COVERAGE_OF_A_PART
				? {}
				: { thresholds: { lines: 99, statements: 99, functions: 99, branches: 97 } }),
		},
		projects: [
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'unit',
					include: ['test/unit/**/*.test.mts'],
					exclude: aboutRepository,
					...sharedModules,
					// Short tests would spend a fifth of their time in talking with processes.
					pool: 'threads',
				},
			},
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'repository',
					// Tests of what the tests stand on lie beside it.
					include: [...aboutRepository, 'test/support/**/*.test.mts'],
					...sharedModules,
				},
			},
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'integration',
					include: ['test/integration/**/*.test.mts'],
					...sharedModules,
				},
			},
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'tables',
					include: ['test/tables/**/*.test.mts'],
					...sharedModules,
				},
			},
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'contract',
					include: ['test/contract/**/*.test.mts'],
					...patient,
					globalSetup: ['test/contract/setup.mts'],
					// A process for each file: what one has loaded of n8n goes on working in it.
					sequence: { groupOrder: 1 },
				},
			},
			{
				resolve: { alias: n8nWorkflowAlias },
				test: {
					name: 'fuzz',
					include: ['test/fuzz/**/*.test.mts'],
					maxWorkers: '100%',
					// As long as the number of cases takes.
					testTimeout: 0,
				},
			},
			{
				test: {
					name: 'world',
					maxWorkers: '100%',
					include: ['test/world/**/*.test.mts'],
					exclude: [worldOnRealN8n],
					// As long as the number of worlds takes.
					testTimeout: 0,
				},
			},
			{
				test: {
					...realN8n,
					name: 'e2e',
					include: [...realN8n.include, worldOnRealN8n],
					env: { N8N_VERSION: n8nVersion },
				},
			},
			{
				test: {
					...realN8n,
					name: 'e2e-versions',
					include: smallSet.map((name) => `test/e2e/${name}.test.mts`),
					env: { N8N_VERSION: n8nOfSmallSet },
				},
			},
			{
				test: {
					...realN8n,
					name: 'browser',
					include: ['test/browser/**/*.test.mts'],
					env: { N8N_VERSION: n8nVersion },
					// One browser and one n8n: together they keep two processors busy.
					maxWorkers: 1,
					expect: { poll: { timeout: LIMIT_MS, interval: 100 } },
					// Beside nothing else: a browser that waits for a processor draws nothing.
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
