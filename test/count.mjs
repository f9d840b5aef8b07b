import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/*
 * What CI ends with: what failed, and the line with the count of all tests, from vitest's reports. What
 * did not run counts as failed: the tests of a file that could not begin, and a run without a report.
 * Only what a test left out by itself does not.
 */

/** Enough for an assertion and where it stands; the whole is further up. */
const REASON_CHARS = 800;
/** What vitest's report has instead of a reason. */
const OUT_OF_TIME = 'STACK_TRACE_ERROR';

function resultsOf(report) {
	const { testResults } = existsSync(report)
		? JSON.parse(readFileSync(report))
		: { testResults: [] };
	if (testResults.length > 0) return testResults;
	return [{ name: report, status: 'failed', message: 'has no results', assertionResults: [] }];
}

function print(file, what, reason) {
	console.log(
		`× ${relative('.', file)} ${what}\n${reason.replace(OUT_OF_TIME, 'out of time').slice(0, REASON_CHARS)}\n`,
	);
}

let [passed, failed, skipped] = [0, 0, 0];
for (const result of process.argv.slice(2).flatMap(resultsOf)) {
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
