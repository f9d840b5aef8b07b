import { existsSync, readFileSync } from 'node:fs';

/*
 * The line that CI ends with: the count of the whole test run, from vitest's report. What did not
 * run counts as failed: the tests of a file that could not begin, and a run without a report. Only
 * what a test left out by itself does not.
 */

const [file] = process.argv.slice(2);
const { testResults } = existsSync(file) ? JSON.parse(readFileSync(file)) : { testResults: [] };
const notRun = { status: 'failed', assertionResults: [] };

let [passed, failed, skipped] = [0, 0, 0];
for (const { status, assertionResults: tests } of testResults.length > 0 ? testResults : [notRun]) {
	const ok = tests.filter((test) => test.status === 'passed').length;
	const open = tests.length - ok;
	passed += ok;
	if (status === 'passed') skipped += open;
	else failed += Math.max(1, open);
}
if (skipped > 0) console.log(`${skipped} left out, see above`);
console.log(`${passed} passed, ${failed} failed`);
