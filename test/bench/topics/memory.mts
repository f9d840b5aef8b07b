import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { realSeconds } from '../clock.mts';
import { atMost, type Outcome, type Row } from '../report.mts';
import { eventXml, signedHeaders } from '../sample.mts';
import { Trigger } from '../trigger.mts';

/*
 * The memory of a process that takes a million deliveries at a node with default options: a second
 * apart by the clock of the bench, so that the most that is remembered (10,000) is reached early.
 */

const marks = [0, 100_000, 500_000, 1_000_000];
/** Longer than the timers of a delivery: its response leaves after 700 ms at the latest. */
const UNTIL_OVER = 2000;

export default async function run(): Promise<Outcome> {
	const trigger = new Trigger();
	const body = Buffer.from(eventXml(300));
	const from = realSeconds();
	const rows: Row[] = [];
	let count = 0;
	for (const mark of marks) {
		for (; count < mark; count++) {
			await trigger.receive(signedHeaders(body, from + count, count), body);
			// As between requests: timers that are over can fire.
			if (count % 20 === 0) await nextTurn();
		}
		rows.push({ deliveries: mark, ...(await memoryNow()) });
	}
	const heapAt = (mark: number) => Number(rows[marks.indexOf(mark)]!['heap MB']);
	const growth = heapAt(1_000_000) / heapAt(100_000);
	return {
		tables: [{ title: 'Memory after the garbage collector', rows }],
		goals: [atMost(1.05, 'heap after 1,000,000 by after 100,000', growth)],
	};
}

async function memoryNow(): Promise<Row> {
	await wait(UNTIL_OVER);
	globalThis.gc!();
	await wait(100);
	globalThis.gc!();
	const { heapUsed, rss } = process.memoryUsage();
	return { 'heap MB': heapUsed / 1e6, 'process MB': rss / 1e6 };
}
