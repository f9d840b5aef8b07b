import { cpuMsByPart, absolute, against, responses, rounded, summed } from './figures.mts';
import type { Round } from './rounds.mts';
import type { SubjectName } from './workflows.mts';

/** Those that are compared in queue mode. */
export const queueSubjects = [
	'Webhook node',
	'saved',
	'several when busy',
	'immediately',
] as const satisfies SubjectName[];
export type QueueSubject = (typeof queueSubjects)[number];

/** One workflow behind so many webhook processes, and all its rounds. */
export interface Cell {
	webhooks: number;
	workflow: QueueSubject;
	rounds: Round[];
}

/** Rates and shares of a cell, beside the Webhook node and beside fewer processes in the same rounds. */
export function queueFigures(cells: Cell[]) {
	const fewest = Math.min(...cells.map(({ webhooks }) => webhooks));
	const roundsOf = (webhooks: number, workflow: QueueSubject) =>
		cells.find((cell) => cell.webhooks === webhooks && cell.workflow === workflow)!.rounds;
	return cells.map(({ webhooks, workflow, rounds }) => {
		const { responsesPerSecond, p50, p99, busyShare, other, runsPerSecond } = absolute(rounds);
		const sum = summed(rounds);
		return {
			webhooks,
			workflow,
			responsesPerSecond,
			againstWebhookNode: against(rounds, roundsOf(webhooks, 'Webhook node')),
			growth: against(rounds, roundsOf(fewest, workflow)),
			p50,
			p99,
			inTimeShare: rounded(sum(({ inTime }) => inTime) / sum(responses), 3),
			busyShare,
			other,
			failuresInARow: Math.max(...rounds.map(({ failuresInARow }) => failuresInARow)),
			runsPerSecond,
		};
	});
}

/** Processor time of a delivery by kind of process, ms. */
export function queueCosts(cells: Cell[]) {
	return cells.map(({ webhooks, workflow, rounds }) => {
		const byPart = cpuMsByPart(rounds) ?? {};
		const all = Object.values(byPart).reduce((sum, ms) => sum + ms, 0);
		return { webhooks, workflow, ...byPart, all: rounded(all, 2) };
	});
}
