import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { counted } from '../../api/expert-error';
import { MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { nodeKey } from '../../memory';
import { changeAt } from '../ledger/arrival';
import { ledgerOf } from '../ledger/ledger';
import { mapConcurrently } from '../map-concurrently';
import { batched } from './batched';
import { isRecoveryEnabled } from '../parameters';
import { addressOf } from '../node/address';
import { readSite } from '../read-credential';
import { type ChangeName, changeOfItem, type Spot, spotsOf } from '../changes/change';
import { changesAt } from '../node/progress';
import { isFirstRun, tellInOutput } from './once';

/*
 * A change of a page must not run both as delivered and as recovered, nor be recovered twice. n8n's store of processed
 * items decides, not what this process knows: in queue mode it knows nothing of the others, and whoever puts back
 * static data takes that away.
 *
 * A page has rows of its own there, so whoever runs first has inserted the row, and of two inserts n8n's database lets
 * one succeed. The rows are never dropped: how many there can be depends on the pages of the site, not on who writes
 * them or when, and they go with the workflow.
 *
 * Rare and bounded: once the row of a page is there, two workers that add to it within the same few milliseconds see
 * nothing of each other. So a change that is delivered and recovered at that moment runs twice, the second time marked
 * `recovered`; and where two edits of a page, a multiple of eight seconds apart, begin at that moment, one mark is lost.
 */

/**
 * The items without those whose change has come in the other way.
 *
 * @param leftOut what the options have left out: it has not run, so n8n's store does not get to know of it. A
 *   delivery of it is judged anew, and the watch does not recover it again
 */
export async function withoutKnownChanges(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	leftOut: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!isFirstRun(context) || !isRecoveryEnabled(context)) return items;
	const arrivals = items.map(({ json }) => arrivalOf(context, json));
	const passing = await passingBy(context, arrivals);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) {
		context.logger.warn(
			`n8n could not say whether a change has come before, so it runs (node "${context.getNode().name}")`,
		);
	}
	for (const [index, arrival] of arrivals.entries())
		noteInMemory(context, arrival, passing?.[index] !== false);
	for (const { json } of leftOut) noteInMemory(context, arrivalOf(context, json), false);
	const rest = items.filter((_item, index) => passing?.[index] !== false);
	const known = items.length - rest.length;
	const changes = counted(known, 'change was', 'changes were');
	const why = `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	if (known > 0) tellInOutput(context, why);
	return rest;
}

/** A change that an item tells of, and how it has come. */
interface Arrival {
	change: ChangeName;
	isRecovered: boolean;
}

/**
 * `undefined` for what was recovered and is marked: its own execution may have recorded it before. And for what came
 * before the workflow was published: that may be of another site, and is never recovered.
 */
function arrivalOf(context: IExecuteFunctions, json: IDataObject): Arrival | undefined {
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const { publishedAt = 0 } = changesAt(context).progress ?? {};
	const isBefore = change !== undefined && change.at < Math.floor(publishedAt / 1000) * 1000;
	if (change === undefined || isBefore || (isRecovered && json.redelivered === true))
		return undefined;
	return { change, isRecovered };
}

/** Where the watch is, its ledger need not start again what n8n has stored here. The workflow may be unpublished by now. */
function noteInMemory(
	context: IExecuteFunctions,
	arrival: Arrival | undefined,
	isPassing: boolean,
): void {
	const { progress } = changesAt(context);
	const isWatched = addressOf(context).served !== undefined && progress !== undefined;
	if (!isWatched || arrival === undefined) return;
	const recovered = isPassing ? 'recovered' : 'settled';
	const state = arrival.isRecovered ? recovered : 'done';
	const change = changeAt(progress.site ?? '', arrival.change);
	ledgerOf(context).note(change, state, Math.floor(Date.now() / 1000));
}

/** Which of the items pass by n8n's store; `undefined` when it does not say so in time. */
async function passingBy(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
	if (arrivals.every((arrival) => arrival === undefined)) return arrivals.map(() => true);
	const recorded = recordAtSite(context, arrivals).catch(() => undefined);
	return await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
}

async function recordAtSite(
	context: IExecuteFunctions,
	arrivals: Array<Arrival | undefined>,
): Promise<boolean[] | undefined> {
	const site = await siteOf(context);
	if (site === undefined) return undefined;
	const execution = context.getExecutionId();
	const marks = arrivals.map((arrival) => marksOf(site, arrival, execution));
	// Two would take for done what the other one takes back. A call that hangs must not hold up those after it.
	return await batched(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const recorded = record(context, requests.flat());
		const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
		return requests.map(({ length }) => passing?.splice(0, length));
	});
}

/** Origin of the site whose changes these are. Where the watch is, it knows. */
async function siteOf(context: IExecuteFunctions): Promise<string | undefined> {
	const known = addressOf(context).served && changesAt(context).progress?.site;
	return known ?? (await readSite(context));
}

/** What n8n's store has of an item, each in its row. */
interface Marks {
	/** Of a recovered change itself, and of its execution: a statement that seemed to fail may have been written. */
	own?: { change: Spot; execution: Spot };
	/** Where delivery and recovery meet. */
	spots: Spot[];
	/** At each spot, that a change has come there in this way. */
	ways: Spot[];
}

function marksOf(site: string, arrival: Arrival | undefined, execution: string): Marks {
	if (arrival === undefined) return { spots: [], ways: [] };
	const { change, isRecovered } = arrival;
	const { own, spots } = spotsOf(site, change, isRecovered);
	const way = isRecovered ? 'recovered' : 'delivered';
	const ways = spots.map(({ row, mark }) => ({ row, mark: `${mark} ${way}` }));
	if (!isRecovered) return { spots, ways };
	const inExecution = { row: own.row, mark: `${own.mark} in ${execution}` };
	return { own: { change: own, execution: inExecution }, spots, ways };
}

/** How long others wait for marks to be taken back. */
const MAX_REMOVAL_MS = 1_000;

async function record(context: IExecuteFunctions, all: Marks[]): Promise<boolean[]> {
	const asked = all.flatMap(({ own, spots, ways }) => [
		...(own ? [own.change, own.execution] : []),
		...spots,
		...ways,
	]);
	const fresh = await freshIn(context, asked);
	const passing = all.map((marks) => passes(marks, fresh));
	// What has not run must not count for its neighbours. What has passed has taken its marks out of the fresh ones.
	const undone = all.flatMap(({ spots, ways }) => [...spots, ...ways]);
	const taken = byRow(undone.filter(({ mark }) => fresh.has(mark)));
	const removed = mapConcurrently([...taken], async ([row, marks]) => {
		await removeProcessed(context, marks, { row });
	}).catch(() => {});
	// What is decided stays so, whatever becomes of that.
	await beforeDeadline(performance.now() + MAX_REMOVAL_MS, removed);
	return passing;
}

/** @throws where n8n's database does not say so of each */
async function freshIn(context: IExecuteFunctions, asked: Spot[]): Promise<Set<string>> {
	const fresh = await mapConcurrently([...byRow(asked)], async ([row, marks]) => {
		const found = await recordInRow(context, row, marks);
		if (found === undefined) throw new Error('no response');
		return [...found];
	});
	return new Set(fresh.flat());
}

function byRow(spots: Spot[]): Map<string, string[]> {
	const rows = new Map<string, Set<string>>();
	for (const { row, mark } of spots) rows.set(row, (rows.get(row) ?? new Set()).add(mark));
	return new Map([...rows].map(([row, marks]) => [row, [...marks]]));
}

/**
 * A change passes that is new; and one after another that has come in its own way: two of those never meet. Its
 * marks are new to the first that asks for them.
 */
function passes({ own, spots, ways }: Marks, fresh: Set<string>): boolean {
	const isNew =
		own === undefined || fresh.delete(own.change.mark) || !fresh.has(own.execution.mark);
	const isPassing =
		isNew && spots.every(({ mark }, index) => fresh.has(mark) || !fresh.has(ways[index]!.mark));
	if (isPassing) for (const { mark } of [...spots, ...ways]) fresh.delete(mark);
	return isPassing;
}
