import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { median } from 'simple-statistics';
import type * as RecordFormat from '../../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';
import { cpuMsPerRun, percentiles, rate, rounded } from './figures.mts';
import { measure, type Round, warmUp } from './rounds.mts';
import type { Stage, Subject } from './stage.mts';
import { trigger } from './workflows.mts';

// What users run: the built file.
const built = createRequire(import.meta.url);
const { writeRow } = built(
	'../../../dist/nodes/CxoneExpert/trigger/delivery/dedup/record-format.js',
) as typeof RecordFormat;

/** Longer than the response to a delivery takes here. */
const AGE_SECONDS = 10;

export interface Remembering {
	counts: number[];
	seconds: number;
	rounds: number;
}

/**
 * What a delivery costs when the trigger remembers many. n8n loads and saves workflow static data,
 * with the record in it, for each request. One workflow for each number, loaded in turn.
 */
export async function costOfMemory(stage: Stage, { counts, seconds, rounds }: Remembering) {
	const subjects: Subject[] = [];
	for (const count of counts) subjects.push(await publishedWith(stage, count));
	await warmUp(stage, subjects, 1);
	const rows = [];
	for (const concurrency of [1, 10]) {
		const all: Round[][] = counts.map(() => []);
		for (let round = 0; round < rounds; round++) {
			// Each round begins with another.
			for (let turn = 0; turn < subjects.length; turn++) {
				const index = (round + turn) % subjects.length;
				all[index]!.push(await measure(stage, subjects[index]!, { concurrency, seconds }));
			}
		}
		for (const [index, remembered] of counts.entries()) {
			rows.push({ remembered, concurrency, ...figures(all[index]!, all[0]!) });
		}
	}
	for (const [index, count] of counts.entries()) assertKept(stage, subjects[index]!, count);
	return rows;
}

/** @param none the rounds beside them, with nothing remembered */
function figures(rounds: Round[], none: Round[]) {
	return {
		costAgainstNone: rounded(median(rounds.map((each, at) => rate(none[at]!) / rate(each))), 2),
		responsesPerSecond: rounded(median(rounds.map(rate)), 1),
		...percentiles(rounds),
		busy: rounds.reduce((sum, { busy }) => sum + busy, 0),
		cpuMsPerRun: cpuMsPerRun(rounds),
	};
}

/** A trigger that finds so many deliveries of another process in its static data. */
export async function publishedWith(stage: Stage, count: number, more = {}): Promise<Subject> {
	const drawn = trigger(stage.siteCredential, {
		...more,
		// So that it stays at this number: the oldest goes for each that comes. The node takes no less
		// than a hundred, and keeps what is younger than the allowed age above that number.
		rememberAtMost: Math.max(1, count),
		maxDeliveryAge: AGE_SECONDS,
	});
	const subject = await stage.publish(drawn);
	const place = `cxoneExpert:${drawn.workflow.nodes[0]!.id}`;
	const expiresAt = Math.floor(Date.now() / 1000) + 24 * 3600;
	const record = { writer: 'before', forgottenUpTo: 0, expiresAt, rows: rowsOf(count) };
	const data = JSON.stringify({ global: { [place]: record } });
	stage.sql.execute(
		`UPDATE workflow_entity SET "staticData" = '${data}' WHERE id = '${subject.id}'`,
	);
	return subject;
}

/** Deliveries of the last hour. */
function rowsOf(count: number): string {
	const now = Math.floor(Date.now() / 1000);
	const key = () => randomBytes(6).toString('base64url');
	const rows = Array.from({ length: count }, (_, index) => {
		const time = now - 60 - Math.floor((3500 * (count - index)) / count);
		return writeRow({ id: key(), message: key(), time, isDone: true });
	});
	return rows.join('');
}

/** What was measured is what was meant: the record is the node's own by now, and as full as before. */
export function assertKept({ scene }: Stage, { id }: Subject, count: number): void {
	const { global } = scene.database.staticData(id);
	const [record] = Object.values(global as object) as Array<{ writer: string; rows: string }>;
	const rowWidth = rowsOf(1).length;
	const kept = record!.rows.length / rowWidth;
	if (record!.writer === 'before' || kept < count) {
		throw new Error(`${kept} of ${count} deliveries are in the record`);
	}
}
