import { createHistogram } from 'node:perf_hooks';
import { median } from 'simple-statistics';
import type { CpuByPart } from './cpu.mts';
import type { Round, Rounds } from './rounds.mts';
import { type SubjectName, subjectNames } from './workflows.mts';

/** What the rounds of one workflow come to. Times in ms, from request to response. */
export interface Figures extends Absolute {
	/** Middle of the rounds, each against the round beside it. */
	againstWebhookNode: number;
	againstByHand: number;
}

/** Of one workflow alone. */
export interface Absolute {
	responsesPerSecond: number;
	p50: number;
	p95: number;
	p99: number;
	/** 503, of all responses. */
	busyShare: number;
	/** Other responses than 2xx and 503, and none at all. */
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
	return {
		...absolute(all[name]),
		againstWebhookNode: against(all[name], all['Webhook node']),
		againstByHand: against(all[name], all['by hand']),
	};
}

export function absolute(rounds: Round[]): Absolute {
	const sum = summed(rounds);
	return {
		responsesPerSecond: rounded(median(rounds.map(rate)), 1),
		...percentiles(rounds),
		busyShare: rounded(sum(({ busy }) => busy) / sum(responses), 3),
		other: sum(({ other }) => other),
		runsPerSecond: rounded(sum(({ runs }) => runs) / sum(({ untilDone }) => untilDone), 1),
		cpuMsPerRun: cpuMsPerRun(rounds),
	};
}

/** How many times as many responses a second: the middle of the rounds, each against its neighbour. */
export function against(rounds: Round[], others: Round[]): number {
	return rounded(median(rounds.map((round, index) => rate(round) / rate(others[index]!))), 2);
}

/** Adds something up over the rounds. */
export function summed(rounds: Round[]) {
	return (of: (round: Round) => number) => rounds.reduce((total, each) => total + of(each), 0);
}

export function responses({ accepted, busy, other }: Round): number {
	return accepted + busy + other;
}

/** Responses of 2xx in a second. */
export function rate({ accepted, seconds }: Round): number {
	return accepted / seconds;
}

export function cpuMsPerRun(rounds: Round[]): number | undefined {
	const byPart = cpuMsByPart(rounds);
	return (
		byPart &&
		rounded(
			Object.values(byPart).reduce((total, ms) => total + ms, 0),
			1,
		)
	);
}

/** The same for each kind of process. */
export function cpuMsByPart(rounds: Round[]): CpuByPart | undefined {
	if (rounds.some(({ cpu }) => cpu === undefined)) return undefined;
	const sum = summed(rounds);
	const runs = sum((round) => round.runs);
	const parts = Object.keys(rounds[0]!.cpu!);
	return Object.fromEntries(
		parts.map((part) => [part, rounded((1000 * sum(({ cpu }) => cpu![part]!)) / runs, 2)]),
	);
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
