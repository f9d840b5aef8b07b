import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/*
 * The end of `npm test` and of CI: what failed, and the count of all tests, from vitest's reports; ends with 1 when
 * something failed. What did not run counts as failed: the tests of a file that could not begin, a worker that was
 * killed, a run that wrote no report or ended with an error of its own. Only what a test leaves out by itself does
 * not. Plain JavaScript: CI prints it with any Node.
 */

/** Holds a report of each run; empty while the run has not ended. Beside it, `.exit` says that it ended with an error. */
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

/** @type {(report: string) => Result[]} */
function resultsOf(report) {
	try {
		const { testResults = [] } = parse(readFileSync(report, 'utf8'));
		if (testResults.length > 0) return testResults;
	} catch {
		// Empty or half written, or the folder in place of reports that are not there.
	}
	return [failure(report, 'has no results')];
}

/** @type {(name: string, message: string) => Result} */
function failure(name, message) {
	return { name, status: 'failed', message, assertionResults: [] };
}

/** @type {(file: string, what: string, reason: string) => void} */
function print(file, what, reason) {
	const text = reason.replace(OUT_OF_TIME, 'out of time').slice(0, REASON_CHARS);
	console.log(`× ${relative('.', file)} ${what}\n${text}\n`);
}

let [passed, failed, skipped] = [0, 0, 0];

/** @type {(result: Result) => void} */
function count({ name: file, status, message, assertionResults: tests }) {
	const having = (/** @type {string} */ each) => tests.filter((test) => test.status === each);
	const broken = having('failed');
	const cutOff = having('pending').length;
	passed += having('passed').length;
	skipped += having('skipped').length + having('todo').length;
	failed += Math.max(broken.length + cutOff, status === 'failed' ? 1 : 0);
	for (const { fullName, failureMessages } of broken) print(file, fullName, failureMessages.join('\n'));
	if (cutOff > 0) print(file, `${cutOff} tests`, 'have not ended');
	else if (status === 'failed' && broken.length === 0)
		print(file, 'as a whole', message || 'A hook failed, see above.');
}

const files = existsSync(FOLDER) ? readdirSync(FOLDER).map((file) => join(FOLDER, file)) : [FOLDER];
for (const report of files.filter((file) => !file.endsWith('.exit'))) {
	const before = failed;
	resultsOf(report).forEach(count);
	const exit = report.replace('.json', '.exit');
	if (failed === before && files.includes(exit))
		count(failure(report, `vitest ended with an error: ${readFileSync(exit, 'utf8')}`));
}
if (skipped > 0) console.log(`${skipped} left out, see above`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
