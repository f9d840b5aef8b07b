import { markdownTable } from 'markdown-table';
import type { ChaosReport } from '../support/chaos/chaos.mts';

const rows: Array<[string, (report: ChaosReport) => number]> = [
	['kills', ({ kills }) => kills],
	['seconds under load', ({ seconds }) => seconds],
	['events', ({ fates }) => fates.events],
	['attempts of the site', ({ fates }) => fates.attempts.length],
	[
		'  that failed',
		({ fates }) => fates.attempts.filter(({ failureReason }) => failureReason).length,
	],
	['accepted after more than 5 retries', ({ fates }) => fates.beyondVendorRetries],
	['executions', ({ fates }) => fates.executions],
	['lost', ({ fates }) => fates.lost.length],
	['  although acknowledged', ({ fates }) => fates.lostAcknowledged.length],
	['ran twice, not marked', ({ fates }) => fates.unmarkedDuplicates.length],
	['ran twice, marked redelivered', ({ fates }) => fates.markedDuplicates.length],
	['ran once, marked redelivered', ({ fates }) => fates.markedInVain.length],
	['interrupted', ({ fates }) => fates.interrupted.length],
	['  left after a retry', ({ rerun }) => rerun.left.length],
];

/** The figures side by side, as a Markdown table. */
export function table(reports: Record<string, ChaosReport>): string {
	const columns = Object.entries(reports);
	const figures = rows.map(([label, read]) => [
		label,
		...columns.map(([, report]) => String(read(report))),
	]);
	const align = ['l', ...columns.map(() => 'r')];
	return markdownTable([['', ...columns.map(([mode]) => mode)], ...figures], { align });
}
