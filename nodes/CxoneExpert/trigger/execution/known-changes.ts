import type { IExecuteFunctions } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { type Change, changeOfItem, meetingKeys, nameOf } from '../../event/change';
import { isJoined, isDraftPublish } from '../../event/draft-publish';
import { hashOf } from '../../event/event-name';
import { inMemory, nodeKey } from '../../memory';
import { dropOldRows, MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { knownChangesOf } from '../ledger/known-changes';
import { mapConcurrently } from '../map-concurrently';
import { addressOf } from '../node/address';
import { heardBy } from '../node/heard';
import { changesAt } from '../node/progress';
import { isRecoveryEnabled, readChosenEvents } from '../parameters';
import { serialized } from '../semaphore';
import { hintLeftOut } from './hints';
import { isFirstRun, isWorker, ROW_TTL_MS } from './once';
import { goesOn, type Journey } from './journey';
import type { Site } from './site';

/*
 * A change of a page must not run both as delivered and as recovered, nor be recovered twice; nor a publication as both
 * of the events that it may bring. n8n's store of processed items decides, not what this process knows: in queue mode it
 * knows nothing of the others, and putting back static data takes that knowledge away.
 *
 * Each page has rows of its own there. Whoever runs first inserts the row, and of two inserts n8n's database lets one
 * succeed. Rows are never dropped: their number is bounded by the pages of the site, and they go with the workflow.
 *
 * Both events of a publication usually come at the same moment. So in a worker each second of a page in which they may
 * meet also has a row for half an hour, like an event (once.ts), because two workers that add to an existing row within
 * the same few milliseconds do not see each other.
 *
 * Rare and bounded: a change that is delivered and recovered within those milliseconds runs twice, the second time
 * marked `recovered`. And of two edits of a page that are a multiple of eight seconds apart and begin at that moment,
 * one mark is lost. An edit within two seconds of a publication counts as the same.
 */

/**
 * Leaves out changes that have come in the other way.
 *
 * @param journeys Those that an option has left out have not run, so n8n's store does not learn of them: if delivered,
 *   they are judged again, and the watch does not recover them again.
 */
export async function leaveOutKnownChanges(
	context: IExecuteFunctions,
	journeys: Journey[],
	site: Site,
	way: 'delivered' | 'polled',
): Promise<void> {
	if (!isFirstRun(context)) return;
	const joins = isJoined(readChosenEvents(context));
	const decided = journeys.filter(({ undecided }) => undecided === undefined);
	if (joins) for (const journey of decided) markUnnamedPublication(journey);
	const isRecovering = isRecoveryEnabled(context);
	const told = decided
		.flatMap((journey) => itemChangeOf(journey, joins, way) ?? [])
		.filter(({ publication }) => publication !== undefined || isRecovering);
	const asking = told.filter(({ journey }) => goesOn(journey));
	const passing = await beforeDeadline(
		performance.now() + MAX_WAIT_MS,
		passingOf(context, asking, site).catch(() => undefined),
	);
	// An event that comes twice does less harm than a lost one.
	if (passing === undefined) {
		for (const { journey } of asking) journey.added.redelivered = true;
		context.logger.warn(
			`n8n could not say whether a change has come before, so it runs with "redelivered" (node "${context.getNode().name}")`,
		);
	}
	for (const each of told) noteInMemory(context, each);
	const known = asking.filter(({ journey }) => passing?.has(journey) === false);
	for (const { journey, change, publication } of known) {
		journey.hasRun = true;
		// The other event of a publication proves nothing.
		if (publication === undefined) heardBy(context).match(change.kind);
	}
	const message = (changes: string) =>
		way === 'polled'
			? `${changes} left out: the workflow has run for the same before`
			: `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	hintLeftOut(context, known.length, message, 'change');
}

/** If the page is unknown, nobody can tell whether its content update has come. */
function markUnnamedPublication({ event, item, added }: Journey): void {
	const isUnnamed = changeOfItem(item.json)?.page === undefined;
	if (isDraftPublish(event.eventType) && isUnnamed) added.redelivered = true;
}

/** Ways in which one change can come. Those that come in the same way are different changes. */
type Way = 'delivered' | 'recovered' | 'polled';

/** A change that an item tells of, and how it has come. */
interface ItemChange {
	journey: Journey;
	change: Change;
	way: Way;
	/** Which event of a publication it may be, where both are one item. */
	publication?: 'draft' | 'content' | undefined;
}

/**
 * `undefined` if the page is unknown. Also for a marked recovery, which its own execution may have recorded before.
 *
 * @param joins a publication and its content update are one change
 */
function itemChangeOf(journey: Journey, joins: boolean, given: 'delivered' | 'polled'): ItemChange | undefined {
	const { json } = journey.item;
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const isMarked = isRecovered && json.redelivered === true;
	if (change?.page === undefined || isMarked) return undefined;
	const way = isRecovered ? 'recovered' : given;
	if (!joins || way !== 'delivered' || change.kind !== 'edited') return { journey, change, way };
	return {
		journey,
		change,
		way,
		publication: isDraftPublish(json.eventType) ? 'draft' : 'content',
	};
}

/** So that the watch of this process does not start again what has begun here. The workflow may be unpublished by now. */
function noteInMemory(context: IExecuteFunctions, { change, way }: ItemChange): void {
	const { progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return;
	const [known, site] = [knownChangesOf(context), progress.site ?? ''];
	if (way === 'recovered') known.recover(site, change).hasCome();
	else known.noteDelivered(site, change);
}

/** Which of them pass by n8n's store; `undefined` if the site is unknown, or n8n's database does not respond in time. */
async function passingOf(
	context: IExecuteFunctions,
	changes: ItemChange[],
	site: Site,
): Promise<Set<Journey> | undefined> {
	if (changes.length === 0) return new Set();
	// In the process of the watch the origin is known.
	const known = addressOf(context).served && changesAt(context).progress?.site;
	const origin = known ?? (await site.origin());
	if (origin === undefined) return undefined;
	const execution = context.getExecutionId();
	const marked = changes.map((each) => withMarks(origin, each, execution));
	// A concurrent call could read marks that this one is about to remove. The deadline keeps a hung call from blocking the queue.
	return await batched(`changes of ${nodeKey(context)}`, marked, async (requests) => {
		const passing = record(context, requests.flat());
		return await beforeDeadline(performance.now() + MAX_WAIT_MS, passing);
	});
}

/** Calls that wait, by key. */
const waiting = inMemory(new Map<string, Batch<unknown, unknown>>());

interface Batch<Request, Response> {
	requests: Request[];
	/** Once the work has begun. */
	response?: Promise<Response>;
}

/** Serializes calls under a key. Those that come during the previous work share one work and its response. */
export async function batched<Request, Response>(
	key: string,
	request: Request,
	work: (requests: Request[]) => Promise<Response>,
): Promise<Response> {
	const batch = (waiting.get(key) ?? { requests: [] }) as Batch<Request, Response>;
	waiting.set(key, batch);
	batch.requests.push(request);
	return await serialized(key, async () => {
		if (batch.response === undefined) {
			waiting.delete(key);
			batch.response = work(batch.requests);
		}
		return await batch.response;
	});
}

/** A mark in n8n's store. It keeps out every journey but those that come in the same way. */
interface Mark {
	row: string;
	/** Of a change itself, or of where delivery and recovery meet. */
	mark: string;
	/** The same with its way, or this execution. */
	byWay: string;
}

interface Marked {
	journey: Journey;
	/** Of a recovered or polled change itself. By its execution, because a statement that seemed to fail may have been written. */
	own: Mark[];
	meetings: Mark[];
	/** Those of them where the events of a publication meet. */
	publications: Mark[];
}

function withMarks(origin: string, itemChange: ItemChange, execution: string): Marked {
	const { journey, change, way, publication } = itemChange;
	const meet = (isNear: boolean, as: string, scope = '') =>
		meetingKeys(origin, change, isNear ? 'near' : 'own').map((key) => {
			const mark = `${scope}${key}`;
			return { row: rowOf(key), mark, byWay: `${mark} ${as}` };
		});
	// A polling node has no other way.
	const recoveries = way === 'polled' ? [] : meet(way === 'recovered', way);
	const publications = publication === undefined ? [] : meet(publication === 'draft', publication, 'publication ');
	const own = way === 'delivered' ? [] : [ownMark(origin, change, execution)];
	return { journey, own, meetings: [...recoveries, ...publications], publications };
}

function ownMark(origin: string, change: Change, execution: string): Mark {
	const mark = nameOf(origin, change);
	const [key = ''] = meetingKeys(origin, change, 'own');
	return { row: rowOf(key), mark, byWay: `${mark} in ${execution}` };
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

/**
 * Which of them pass. First of all, of both events of a publication one: what the other one left in the rows of its page
 * could keep out this one.
 */
async function record(context: IExecuteFunctions, all: Marked[]): Promise<Set<Journey>> {
	if (!isWorker(context)) return await recordMarks(context, all);
	const alone = all.map(inRowsOfSeconds);
	const passing = await recordMarks(context, alone, ROW_TTL_MS);
	const made = alone.flatMap(({ meetings }) => meetings).length;
	void dropOldRows(context, made).catch(() => {});
	return await recordMarks(
		context,
		all.filter(({ journey }) => passing.has(journey)),
	);
}

/** Named like the row of an event. */
function inRowsOfSeconds({ journey, publications }: Marked): Marked {
	const meetings = publications.map((each) => ({ ...each, row: hashOf([each.mark]) }));
	return { journey, own: [], meetings, publications };
}

/** Which of them pass. The marks of the others are taken back, or they would keep out their neighbours. */
async function recordMarks(context: IExecuteFunctions, all: Marked[], ttlMs?: number): Promise<Set<Journey>> {
	const fresh = await freshIn(context, all.flatMap(marksOf), ttlMs);
	const { passing, used } = decide(all, fresh);
	const meetings = byRow(all.flatMap((marked) => marked.meetings));
	const removed = mapConcurrently(meetings, async ([row, marks]) => {
		const unused = marks.filter((mark) => fresh.has(mark) && !used.has(mark));
		await removeProcessed(context, row, unused);
	}).catch(() => {});
	// The decision stands, whatever becomes of that.
	await beforeDeadline(performance.now() + MAX_REMOVAL_MS, removed);
	return passing;
}

function marksOf({ own, meetings }: Marked): Mark[] {
	return [...own, ...meetings];
}

/**
 * Records marks.
 *
 * @returns those that are new
 * @throws if n8n's database does not respond about each
 */
async function freshIn(context: IExecuteFunctions, all: Mark[], ttlMs?: number): Promise<Set<string>> {
	const fresh = await mapConcurrently(byRow(all), async ([row, marks]) => {
		const found = await recordInRow(context, row, marks, ttlMs);
		if (found === undefined) throw new Error('no response');
		return [...found];
	});
	return new Set(fresh.flat());
}

function byRow(all: Mark[]): Array<[row: string, marks: string[]]> {
	const rows = new Map<string, Set<string>>();
	for (const { row, mark, byWay } of all) rows.set(row, (rows.get(row) ?? new Set()).add(mark).add(byWay));
	return [...rows].map(([row, marks]) => [row, [...marks]]);
}

/**
 * Which journeys pass, and the marks that they use: a mark is fresh for the first that passes with it. A change passes
 * that is new, and so does one after others that have come in its own way: those never meet.
 *
 * @param fresh marks that were not in the store
 */
function decide(all: Marked[], fresh: ReadonlySet<string>): { passing: Set<Journey>; used: Set<string> } {
	const passing = new Set<Journey>();
	const used = new Set<string>();
	const isFresh = (mark: string) => fresh.has(mark) && !used.has(mark);
	for (const marked of all) {
		const marks = marksOf(marked);
		if (!marks.every(({ mark, byWay }) => isFresh(mark) || !isFresh(byWay))) continue;
		passing.add(marked.journey);
		for (const { mark, byWay } of marked.meetings) used.add(mark).add(byWay);
		// Not by its execution: the same change twice in one of them passes once.
		for (const { mark } of marked.own) used.add(mark);
	}
	return { passing, used };
}
