import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Mutation tests: each small change of the code has to make a test fail. See CONTRIBUTING.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	// What decides whether an event runs, and the operation with the most branches. Others with --mutate.
	mutate: [
		'nodes/CxoneExpert/trigger/execution/{once,publication}.ts',
		'nodes/CxoneExpert/trigger/ledger/ledger.ts',
		'nodes/CxoneExpert/trigger/delivery/{save,verify}.ts',
		'nodes/CxoneExpert/actions/page/create-or-update.operation.ts',
		'nodes/CxoneExpert/actions/write.ts',
	],
	testRunner: 'vitest',
	// Integration tests load the package when they run: no import says what they are about.
	vitest: { configFile: 'test/mutation/vitest.config.mts', related: false },
	// What is made once when a file is loaded would have every test run.
	ignoreStatic: true,
	dryRunTimeoutMinutes: 30,
	// What takes longer on a busy machine is no endless loop yet.
	timeoutMS: 20_000,
	// Only what has changed since the last run is tried again.
	incremental: true,
	incrementalFile: '.cache/mutation/incremental.json',
	// Outside, or what a run that was stopped leaves there would be linted.
	tempDirName: join(tmpdir(), 'cxone-expert-mutation'),
	ignorePatterns: ['/.cache', '/dist', '/docs', '/site'],
	reporters: ['clear-text', 'html', 'json'],
	clearTextReporter: { logTests: false, reportTests: false },
	htmlReporter: { fileName: '.cache/mutation/report.html' },
	jsonReporter: { fileName: '.cache/mutation/report.json' },
};
