import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { counted } from '../../api/expert-error';
import { type Change, changeOfItem, meetingKeys, nameOf } from '../../event/change';
import { MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { nodeKey } from '../../memory';
import { knownChangesOf } from '../ledger/known-changes';
import { mapConcurrently } from '../map-concurrently';
import { batched } from './batched';
import { isRecoveryEnabled } from '../parameters';
import { addressOf } from '../node/address';
import { readSite } from '../read-credential';
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
	const others = leftOut.map(({ json }) => arrivalOf(context, json));
	for (const arrival of [...arrivals, ...others]) noteInMemory(context, arrival);
	const rest = items.filter((_item, index) => passing?.[index] !== false);
	const known = items.length - rest.length;
	const changes = counted(known, 'change was', 'changes were');
	const why = `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	if (known > 0) tellInOutput(context, why);
	return rest;
}

/** A change that an item tells of, and how it has come. */
interface Arrival {
	change: Change;
	isRecovered: boolean;
}

/**
 * `undefined` where nobody can tell the page. For what was recovered and is marked: its own execution may have recorded
 * it before. And for what came before the workflow was published: that may be of another site, and is never recovered.
 */
function arrivalOf(context: IExecuteFunctions, json: IDataObject): Arrival | undefined {
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const { publishedAt = 0 } = changesAt(context).progress ?? {};
	const isBefore = change !== undefined && change.at < Math.floor(publishedAt / 1000) * 1000;
	const isMarked = isRecovered && json.redelivered === true;
	return change?.page === undefined || isBefore || isMarked ? undefined : { change, isRecovered };
}

/** Where the watch is, it need not start again what has begun here. The workflow may be unpublished by now. */
function noteInMemory(context: IExecuteFunctions, arrival: Arrival | undefined): void {
	const { progress } = changesAt(context);
	const isWatched = addressOf(context).served !== undefined && progress !== undefined;
	if (!isWatched || arrival === undefined) return;
	const [known, site] = [knownChangesOf(context), progress.site ?? ''];
	const { change, isRecovered } = arrival;
	if (isRecovered) known.recover(site, change).hasCome();
	else known.noteDelivered(site, change);
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

/** A mark in n8n's store, and the row that it is in. */
interface Spot {
	row: string;
	mark: string;
}

/** What n8n's store has of an item. */
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
	const keys = meetingKeys(site, change, isRecovered ? 'near' : 'own');
	const spots = keys.map((mark) => ({ row: rowOf(mark), mark }));
	const way = isRecovered ? 'recovered' : 'delivered';
	const ways = spots.map(({ row, mark }) => ({ row, mark: `${mark} ${way}` }));
	if (!isRecovered) return { spots, ways };
	const own = { row: spots[0]!.row, mark: nameOf(site, change) };
	return {
		own: { change: own, execution: { ...own, mark: `${own.mark} in ${execution}` } },
		spots,
		ways,
	};
}

/** So many rows a page has for its edits, and for its deletions: those of neighbouring seconds are not in one. */
const ROWS_PER_PAGE = 8;

/** @param key as {@link meetingKeys} gives it */
function rowOf(key: string): string {
	const [scope = '', step] = key.split('@');
	const isCreation = scope.includes(':c:');
	return isCreation ? `change:${scope}` : `change:${scope}:${Number(step) % ROWS_PER_PAGE}`;
}

/** How long others wait for marks to be taken back. */
const MAX_REMOVAL_MS = 1_000;

async function record(context: IExecuteFunctions, all: Marks[]): Promise<boolean[]> {
	const fresh = await freshIn(context, all.flatMap(marksIn));
	const { passing, passed } = decide(all, fresh);
	// What has not run must not count for its neighbours.
	const undone = all.flatMap(({ spots, ways }) => [...spots, ...ways]);
	const taken = byRow(undone.filter(({ mark }) => fresh.has(mark) && !passed.has(mark)));
	const removed = mapConcurrently([...taken], async ([row, marks]) => {
		await removeProcessed(context, marks, { row });
	}).catch(() => {});
	// What is decided stays so, whatever becomes of that.
	await beforeDeadline(performance.now() + MAX_REMOVAL_MS, removed);
	return passing;
}

function marksIn({ own, spots, ways }: Marks): Spot[] {
	return [...(own ? [own.change, own.execution] : []), ...spots, ...ways];
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
 * Which items pass, in their order: a mark is fresh for the first that passes with it.
 *
 * @param fresh marks that were not in the store
 */
function decide(
	all: Marks[],
	fresh: ReadonlySet<string>,
): { passing: boolean[]; passed: Set<string> } {
	const passed = new Set<string>();
	const isFresh = ({ mark }: Spot) => fresh.has(mark) && !passed.has(mark);
	const passing = all.map((marks) => {
		const isPassing = mayPass(marks, isFresh);
		if (isPassing) for (const { mark } of marksIn(marks)) passed.add(mark);
		return isPassing;
	});
	return { passing, passed };
}

/**
 * A change passes that is new; and one after another that has come in its own way: two of those never meet. A recovered
 * one is new, too, where its own execution has recorded it.
 */
function mayPass({ own, spots, ways }: Marks, isFresh: (spot: Spot) => boolean): boolean {
	const isNew = own === undefined || isFresh(own.change) || !isFresh(own.execution);
	return isNew && spots.every((spot, index) => isFresh(spot) || !isFresh(ways[index]!));
}
