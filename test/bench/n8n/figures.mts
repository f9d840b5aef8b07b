import { createHistogram } from 'node:perf_hooks';
import { median } from 'simple-statistics';
import type { Round, Rounds } from './rounds.mts';
import { type SubjectName, subjectNames } from './workflows.mts';

/** What the rounds of one workflow come to. Times in ms, from request to answer. */
export interface Figures {
	answersPerSecond: number;
	/** Middle of the rounds, each against the round beside it. */
	againstWebhookNode: number;
	againstByHand: number;
	p50: number;
	p95: number;
	p99: number;
	/** Answered 503, of all that were answered. */
	busyShare: number;
	/** Other answers than 2xx and 503, and none at all. */
	other: number;
	/** What n8n can keep up: executions until all had run. */
	runsPerSecond: number;
	cpuMsPerRun: number | undefined;
}

export function figuresOf(rounds: Rounds): Record<SubjectName, Figures> {
	const entries = subjectNames.map((name) => [name, figures(rounds, name)] as const);
	return Object.fromEntries(entries) as Record<SubjectName, Figures>;
}

function figures(all: Rounds, name: SubjectName): Figures {
	const rounds = all[name];
	const against = (other: SubjectName) =>
		rounded(median(rounds.map((round, index) => rate(round) / rate(all[other][index]!))), 2);
	const sum = (of: (round: Round) => number) => rounds.reduce((total, each) => total + of(each), 0);
	const answered = sum(({ accepted, busy, other }) => accepted + busy + other);
	return {
		answersPerSecond: rounded(median(rounds.map(rate)), 1),
		againstWebhookNode: against('Webhook node'),
		againstByHand: against('by hand'),
		...percentiles(rounds),
		busyShare: rounded(sum(({ busy }) => busy) / answered, 3),
		other: sum(({ other }) => other),
		runsPerSecond: rounded(sum(({ runs }) => runs) / sum(({ untilDone }) => untilDone), 1),
		cpuMsPerRun: cpuMsPerRun(rounds),
	};
}

/** Answers of 2xx in a second. */
export function rate({ accepted, seconds }: Round): number {
	return accepted / seconds;
}

export function cpuMsPerRun(rounds: Round[]): number | undefined {
	if (rounds.some(({ cpu }) => cpu === undefined)) return undefined;
	const cpu = rounds.reduce((total, each) => total + each.cpu!, 0);
	return rounded((cpu * 1000) / rounds.reduce((total, { runs }) => total + runs, 0), 1);
}

export function percentiles(rounds: Round[]) {
	const all = createHistogram();
	for (const { times } of rounds) all.add(times);
	const at = (percent: number) =>
		rounded(all.count === 0 ? NaN : all.percentile(percent) / 1000, 1);
	return { p50: at(50), p95: at(95), p99: at(99) };
}

export function rounded(value: number, digits: number): number {
	return Number(value.toFixed(digits));
}
