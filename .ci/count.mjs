import { existsSync, readFileSync } from 'node:fs';

/*
 * The line that CI ends with: the count of all tests, from vitest's reports. What did not run counts
 * as failed: the tests of a file that could not begin, and a run without a report. Only what a test
 * left out by itself does not.
 */

const notRun = { status: 'failed', assertionResults: [] };

function resultsOf(report) {
	const { testResults } = existsSync(report)
		? JSON.parse(readFileSync(report))
		: { testResults: [] };
	return testResults.length > 0 ? testResults : [notRun];
}

let [passed, failed, skipped] = [0, 0, 0];
for (const { status, assertionResults: tests } of process.argv.slice(2).flatMap(resultsOf)) {
	const ok = tests.filter((test) => test.status === 'passed').length;
	const open = tests.length - ok;
	passed += ok;
	if (status === 'passed') skipped += open;
	else failed += Math.max(1, open);
}
if (skipped > 0) console.log(`${skipped} left out, see above`);
console.log(`${passed} passed, ${failed} failed`);
