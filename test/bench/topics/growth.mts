import type { IDataObject } from 'n8n-workflow';
import { writeRow } from '../built.mts';
import { realSeconds } from '../clock.mts';
import { inTurn, ratio, type Subject } from '../harness.mts';
import { atMost, comparison, type Goal, type Outcome } from '../report.mts';
import { eventXml } from '../sample.mts';
import { Deliveries, Trigger } from '../trigger.mts';

/*
 * What one delivery of 2 kB costs when so many are remembered: the store is full, so each takes the
 * place of the oldest. A hundred is the smallest number that can be chosen, and what the others are
 * held against. Once the node alone, once with what n8n does to static data for each request:
 * it reads all of it from text, and writes all of it as text.
 */

const counts = [100, 1000, 10_000, 100_000];
/** More than any run takes: a node that saw a delivery again would not start anything. */
const MAX_DELIVERIES = 30_000;
const AGE_SECONDS = 60;

export default async function run(): Promise<Outcome> {
	const alone = await inTurn(counts.map((count) => subject(count, (work) => work)));
	const stored = await inTurn(counts.map((count) => subject(count, asText)));
	const textAlone = await inTurn(counts.map(textOnly));
	const at10000 = counts.indexOf(10_000);
	const bytes = counts.map((remembered) => ({ remembered, bytes: bytesFor(remembered) }));
	const most = bytes.find(({ remembered }) => remembered === 10_000)!;
	const goals: Goal[] = [
		atMost(1.2, 'node alone, 10,000 by 100', ratio(alone[at10000]!, alone[0]!).ratio),
		atMost(32, 'bytes stored for one of 10,000', most.bytes),
	];
	const tables = [
		comparison('The node alone, by deliveries remembered', alone),
		comparison("With n8n's reading and writing of static data", stored),
		comparison("Of that, n8n's reading and writing alone", textAlone),
		{ title: 'Static data as n8n stores it, bytes for one delivery', rows: bytes },
	];
	return { tables, goals };
}

type Work = (trigger: Trigger) => Promise<void>;

function subject(count: number, around: (work: Work) => Work): Subject {
	const trigger = remembering(count);
	const deliveries = new Deliveries(eventXml(2000), MAX_DELIVERIES);
	const work = around(async () => {
		const started = await trigger.receive(deliveries.next(), deliveries.body);
		if (!started) throw new Error('it started nothing');
	});
	return { name: count.toLocaleString('en'), run: async () => await work(trigger) };
}

/** n8n loads a workflow with its static data for each request, and saves it after. */
function asText(work: Work): Work {
	let text: string | undefined;
	return async (trigger) => {
		if (text !== undefined) trigger.staticData = JSON.parse(text) as IDataObject;
		await work(trigger);
		text = JSON.stringify(trigger.staticData);
	};
}

function textOnly(count: number): Subject {
	const text = JSON.stringify(remembering(count).staticData);
	return { name: count.toLocaleString('en'), run: () => JSON.stringify(JSON.parse(text)) };
}

/** A node whose store is full with so many deliveries, none younger than those to come. */
function remembering(count: number): Trigger {
	return new Trigger({
		// What is younger than the allowed age would be kept above that number.
		additionalOptions: { rememberAtMost: count, maxDeliveryAge: AGE_SECONDS },
		stored: (nodeId) => ({
			[`cxoneExpert:${nodeId}`]: {
				writer: 'an earlier process',
				forgottenUpTo: 0,
				expiresAt: realSeconds() + 24 * 3600,
				rows: rows(count),
			},
		}),
	});
}

function rows(count: number): string {
	const newest = realSeconds() - AGE_SECONDS;
	const key = (prefix: string, n: number) => prefix + n.toString(36).padStart(7, '0');
	return Array.from({ length: count }, (_, n) => {
		// Half a second apart, so that 100,000 of them are within a day.
		const time = newest - Math.floor((count - n) / 2);
		return writeRow({ id: key('i', n), message: key('s', n), time, isDone: true });
	}).join('');
}

function bytesFor(count: number): number {
	return JSON.stringify(remembering(count).staticData).length / count;
}
