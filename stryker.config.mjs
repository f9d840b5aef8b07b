import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Mutation tests: each small change of the code has to make a test fail. See CONTRIBUTING.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: [
		'nodes/CxoneExpert/{event,trigger/delivery,trigger/ledger}/**/*.ts',
		// What a delivery needs of the folder; the rest has contract tests only.
		'nodes/CxoneExpert/n8n/{credential-cache,execution-persisted,loaded-workflow,raw-body}.ts',
		'nodes/CxoneExpert/n8n/{report-once,response,static-data,webhook-response}.ts',
		'nodes/CxoneExpert/trigger/watch/{delivered,stored}.ts',
		'nodes/CxoneExpert/shared/signature.ts',
	],
	testRunner: 'vitest',
	vitest: { configFile: 'test/mutation/vitest.config.mts' },
	// What takes longer on a busy machine is no endless loop yet.
	timeoutMS: 20_000,
	// Only what has changed since the last run is tried again.
	incremental: true,
	incrementalFile: '.cache/mutation/incremental.json',
	// Outside, or what a run that was stopped leaves there would be linted.
	tempDirName: join(tmpdir(), 'cxone-expert-mutation'),
	ignorePatterns: ['.cache', 'dist', 'docs'],
	reporters: ['clear-text', 'html', 'json'],
	clearTextReporter: { logTests: false, reportTests: false },
	htmlReporter: { fileName: '.cache/mutation/report.html' },
	jsonReporter: { fileName: '.cache/mutation/report.json' },
};
