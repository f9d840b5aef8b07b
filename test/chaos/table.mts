import type { ChaosReport } from './report.mts';

const rows: Array<[string, (report: ChaosReport) => number]> = [
	['kills', ({ kills }) => kills],
	['seconds under load', ({ seconds }) => seconds],
	['events', ({ events }) => events],
	['attempts of the site', ({ attempts }) => attempts],
	['  that failed', ({ failedAttempts }) => failedAttempts],
	['accepted after more than 5 retries', ({ beyondVendorRetries }) => beyondVendorRetries],
	['executions', ({ executions }) => executions],
	['lost', ({ lost }) => lost.length],
	['  although acknowledged', ({ lostAcknowledged }) => lostAcknowledged],
	['ran twice, not marked', ({ unflaggedDoubles }) => unflaggedDoubles.length],
	['ran twice, marked redelivered', ({ flaggedDoubles }) => flaggedDoubles],
	['ran once, marked redelivered', ({ markedInVain }) => markedInVain],
	['interrupted', ({ interrupted }) => interrupted],
	['  completed by a retry', ({ rerun }) => rerun],
];

/** The figures side by side, as a Markdown table. */
export function table(reports: Record<string, ChaosReport>): string {
	const columns = Object.entries(reports);
	const line = (cells: Array<string | number>) => `| ${cells.join(' | ')} |`;
	return [
		line(['', ...columns.map(([mode]) => mode)]),
		line(['---', ...columns.map(() => '---:')]),
		...rows.map(([label, read]) => line([label, ...columns.map(([, report]) => read(report))])),
	].join('\n');
}
