import type { IExecuteFunctions } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { type Change, changeOfItem, meetingKeys, nameOf } from '../../event/change';
import { nodeKey } from '../../memory';
import { MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { knownChangesOf } from '../ledger/known-changes';
import { mapConcurrently } from '../map-concurrently';
import { addressOf } from '../node/address';
import { changesAt } from '../node/progress';
import { isRecoveryEnabled } from '../parameters';
import { batched } from './batched';
import { hintLeftOut } from './hints';
import { isFirstRun } from './once';
import type { Passage } from './passage';
import type { Site } from './site';

/*
 * A change of a page must not run both as delivered and as recovered, nor be recovered twice. n8n's store of processed
 * items decides, not what this process knows: in queue mode it knows nothing of the others, and putting back static data
 * takes that knowledge away.
 *
 * Each page has rows of its own there. Whoever runs first inserts the row, and of two inserts n8n's database lets one
 * succeed. Rows are never dropped: their number is bounded by the pages of the site, and they go with the workflow.
 *
 * Rare and bounded: two workers that add to an existing row within the same few milliseconds do not see each other. Then
 * a change that is delivered and recovered at that moment runs twice, the second time marked `recovered`. And of two
 * edits of a page that are a multiple of eight seconds apart and begin at that moment, one mark is lost.
 */

/**
 * Leaves out changes that have come in the other way.
 *
 * @param passages Those that an option has left out have not run, so n8n's store does not learn of them: if delivered,
 *   they are judged again, and the watch does not recover them again.
 */
export async function leaveOutKnownChanges(
	context: IExecuteFunctions,
	passages: Passage[],
	site: Site,
): Promise<void> {
	if (!isFirstRun(context) || !isRecoveryEnabled(context)) return;
	const decided = passages.filter(({ undecided }) => undecided === undefined);
	const arrivals = decided.flatMap((passage) => arrivalOf(context, passage) ?? []);
	const asking = arrivals.filter(({ passage }) => passage.goesOn);
	const passing = await passingOf(context, asking, site);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) {
		context.logger.warn(
			`n8n could not say whether a change has come before, so it runs (node "${context.getNode().name}")`,
		);
	}
	for (const arrival of arrivals) noteInMemory(context, arrival);
	const known = asking.filter(({ passage }) => passing?.has(passage) === false);
	for (const { passage } of known) passage.hasRun = true;
	const why = ': the workflow has run for the same before, delivered or recovered';
	hintLeftOut(context, known.length, why, 'change');
}

/** A change that an item tells of, and how it has come. */
interface Arrival {
	passage: Passage;
	change: Change;
	isRecovered: boolean;
}

/**
 * `undefined` if the page is unknown. Also for a marked recovery, which its own execution may have recorded before. And
 * for what came before the workflow was published: that may be of another site, and is never recovered.
 */
function arrivalOf(context: IExecuteFunctions, passage: Passage): Arrival | undefined {
	const { json } = passage.item;
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const { publishedAt = 0 } = changesAt(context).progress ?? {};
	const isBefore = change !== undefined && change.at < Math.floor(publishedAt / 1000) * 1000;
	const isMarked = isRecovered && json.redelivered === true;
	if (change?.page === undefined || isBefore || isMarked) return undefined;
	return { passage, change, isRecovered };
}

/** So that the watch of this process does not start again what has begun here. The workflow may be unpublished by now. */
function noteInMemory(context: IExecuteFunctions, { change, isRecovered }: Arrival): void {
	const { progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return;
	const [known, site] = [knownChangesOf(context), progress.site ?? ''];
	if (isRecovered) known.recover(site, change).hasCome();
	else known.noteDelivered(site, change);
}

/** Which of them pass by n8n's store; `undefined` if it does not say so in time. */
async function passingOf(
	context: IExecuteFunctions,
	arrivals: Arrival[],
	site: Site,
): Promise<Set<Passage> | undefined> {
	if (arrivals.length === 0) return new Set();
	const passing = recordAtSite(context, arrivals, site).catch(() => undefined);
	return await beforeDeadline(performance.now() + MAX_WAIT_MS, passing);
}

async function recordAtSite(
	context: IExecuteFunctions,
	arrivals: Arrival[],
	site: Site,
): Promise<Set<Passage> | undefined> {
	const origin = await originOf(context, site);
	if (origin === undefined) return undefined;
	const execution = context.getExecutionId();
	const marks = arrivals.map((arrival) => marksOf(origin, arrival, execution));
	// Two at once would take for done what the other takes back. A call that hangs must not hold up those after it.
	return await batched(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const passing = record(context, requests.flat());
		return await beforeDeadline(performance.now() + MAX_WAIT_MS, passing);
	});
}

/** Names the site whose changes these are. In the process of the watch that is known. */
async function originOf(context: IExecuteFunctions, site: Site): Promise<string | undefined> {
	const known = addressOf(context).served && changesAt(context).progress?.site;
	return known ?? (await site.origin());
}

/** A mark in n8n's store, and the row that it is in. */
interface Spot {
	row: string;
	mark: string;
}

/** What n8n's store has of a passage. */
interface Marks {
	passage: Passage;
	/** Of a recovered change itself, and of its execution: a statement that seemed to fail may have been written. */
	own?: { change: Spot; execution: Spot };
	/** Where delivery and recovery meet. */
	spots: Spot[];
	/** The same spots, each with the way in which a change has come there. */
	ways: Spot[];
}

function marksOf(site: string, arrival: Arrival, execution: string): Marks {
	const { passage, change, isRecovered } = arrival;
	const keys = meetingKeys(site, change, isRecovered ? 'near' : 'own');
	const spots = keys.map((mark) => ({ row: rowOf(mark), mark }));
	const way = isRecovered ? 'recovered' : 'delivered';
	const ways = spots.map(({ row, mark }) => ({ row, mark: `${mark} ${way}` }));
	if (!isRecovered) return { passage, spots, ways };
	const own = { row: spots[0]!.row, mark: nameOf(site, change) };
	return {
		passage,
		own: { change: own, execution: { ...own, mark: `${own.mark} in ${execution}` } },
		spots,
		ways,
	};
}

/** For its edits, and for its deletions. Neighbouring seconds are in different rows. */
const ROWS_PER_PAGE = 8;

/** @param key as {@link meetingKeys} gives it */
function rowOf(key: string): string {
	const [scope = '', step] = key.split('@');
	const isCreation = scope.includes(':c:');
	return isCreation ? `change:${scope}` : `change:${scope}:${Number(step) % ROWS_PER_PAGE}`;
}

/** How long other executions wait until marks are taken back. */
const MAX_REMOVAL_MS = 1_000;

/** Which of them pass. The marks of the others are taken back. */
async function record(context: IExecuteFunctions, all: Marks[]): Promise<Set<Passage>> {
	const fresh = await freshIn(context, all.flatMap(marksIn));
	const { passing, passed } = decide(all, fresh);
	// A change that does not run must not count for its neighbours.
	const undone = all.flatMap(({ spots, ways }) => [...spots, ...ways]);
	const taken = byRow(undone.filter(({ mark }) => fresh.has(mark) && !passed.has(mark)));
	const removed = mapConcurrently([...taken], async ([row, marks]) => {
		await removeProcessed(context, marks, { row });
	}).catch(() => {});
	// The decision stands, whatever becomes of that.
	await beforeDeadline(performance.now() + MAX_REMOVAL_MS, removed);
	return passing;
}

function marksIn({ own, spots, ways }: Marks): Spot[] {
	return [...(own ? [own.change, own.execution] : []), ...spots, ...ways];
}

/** Records the marks. @returns those that are new @throws if n8n's database does not respond about each */
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
 * Which passages pass, in their order, and their marks: a mark is fresh for the first that passes with it.
 *
 * @param fresh marks that were not in the store
 */
function decide(
	all: Marks[],
	fresh: ReadonlySet<string>,
): { passing: Set<Passage>; passed: Set<string> } {
	const passing = new Set<Passage>();
	const passed = new Set<string>();
	const isFresh = ({ mark }: Spot) => fresh.has(mark) && !passed.has(mark);
	for (const marks of all) {
		if (!mayPass(marks, isFresh)) continue;
		passing.add(marks.passage);
		for (const { mark } of marksIn(marks)) passed.add(mark);
	}
	return { passing, passed };
}

/**
 * A new change passes, and so does one after another that has come in its own way: those never meet. A recovered change
 * is also new if its own execution has recorded it.
 */
function mayPass({ own, spots, ways }: Marks, isFresh: (spot: Spot) => boolean): boolean {
	const isNew = own === undefined || isFresh(own.change) || !isFresh(own.execution);
	return isNew && spots.every((spot, index) => isFresh(spot) || !isFresh(ways[index]!));
}
