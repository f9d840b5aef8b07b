import { basename } from 'node:path';
import { markdownTable } from 'markdown-table';

/** What this needs of vitest's report. */
export interface Report {
	testResults: Array<{
		name: string;
		status: string;
		assertionResults: Array<{ status: string; fullName: string }>;
	}>;
}

/** A row for each file of tests, then what failed. */
export function tableOf({ testResults }: Report): string {
	const rows = testResults.map(({ name, status, assertionResults: tests }) => {
		const [passed, skipped] = ['passed', 'skipped'].map(
			(each) => tests.filter((test) => test.status === each).length,
		) as [number, number];
		// A file that could not begin has no tests.
		const failed = Math.max(tests.length - passed - skipped, status === 'passed' ? 0 : 1);
		return [basename(name, '.test.mts'), passed, failed, skipped].map(String);
	});
	const head = ['tests', 'passed', 'failed', 'left out'];
	const table = markdownTable([head, ...rows], { align: ['l', 'r', 'r', 'r'] });
	const failures = testResults
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'failed')
		.map(({ fullName }) => `- ${fullName}`);
	return [table, ...(failures.length > 0 ? [`Failed:\n\n${failures.join('\n')}`] : [])].join(
		'\n\n',
	);
}
