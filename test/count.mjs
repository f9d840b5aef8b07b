import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/*
 * The end of `npm test` and of CI: what failed, and the count of all tests, from vitest's reports. What did
 * not run counts as failed: the tests of a file that could not begin, and a run that wrote no report. Only
 * what a test leaves out by itself does not. Plain JavaScript: CI prints it with any Node.
 */

/** Holds a report of each run; empty while the run has not ended. */
const FOLDER = '.cache/test-results';
/** Enough for an assertion and where it stands; the whole is further up. */
const REASON_CHARS = 800;
/** What vitest's report has instead of a reason. */
const OUT_OF_TIME = 'STACK_TRACE_ERROR';

/**
 * What this needs of a report.
 *
 * @typedef {{ status: string, fullName: string, failureMessages: string[] }} Test
 * @typedef {{ name: string, status: string, message: string, assertionResults: Test[] }} Result
 */

/** @type {(text: string) => { testResults?: Result[] }} */
const parse = JSON.parse;

/**
 * @param {string} report
 * @returns {Result[]}
 */
function resultsOf(report) {
	const text = report === FOLDER ? '' : readFileSync(report, 'utf8');
	const { testResults = [] } = parse(text || '{}');
	if (testResults.length > 0) return testResults;
	return [{ name: report, status: 'failed', message: 'has no results', assertionResults: [] }];
}

/** @type {(file: string, what: string, reason: string) => void} */
function print(file, what, reason) {
	console.log(
		`× ${relative('.', file)} ${what}\n${reason.replace(OUT_OF_TIME, 'out of time').slice(0, REASON_CHARS)}\n`,
	);
}

const reports = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const results = reports.length > 0 ? reports.map((name) => join(FOLDER, name)) : [FOLDER];
let [passed, failed, skipped] = [0, 0, 0];
for (const result of results.flatMap(resultsOf)) {
	const { name: file, status, message, assertionResults: tests } = result;
	const ok = tests.filter((test) => test.status === 'passed').length;
	const open = tests.length - ok;
	passed += ok;
	if (status === 'passed') skipped += open;
	else failed += Math.max(1, open);
	const broken = tests.filter((test) => test.status === 'failed');
	for (const { fullName, failureMessages } of broken)
		print(file, fullName, failureMessages.join('\n'));
	if (status === 'failed' && broken.length === 0)
		print(file, 'as a whole', message || 'A hook failed, see above.');
}
if (skipped > 0) console.log(`${skipped} left out, see above`);
console.log(`${passed} passed, ${failed} failed`);
