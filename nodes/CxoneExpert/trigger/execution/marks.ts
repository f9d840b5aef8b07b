import type { IExecuteFunctions } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { type Change, changeOfItem, meetingKeys, nameOf } from '../../event/change';
import { isJoined, isDraftPublish } from '../../event/draft-publish';
import { hashOf } from '../../event/event-name';
import { inMemory, nodeKey } from '../../memory';
import { dropOldRows, MAX_STORE_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { knownChangesOf } from '../ledger/known-changes';
import { mapConcurrently } from '../map-concurrently';
import { addressOf } from '../state/address';
import { heardBy } from '../state/heard';
import { changesAt } from '../state/progress';
import { isRecoveryEnabled, readChosenEvents } from '../parameters';
import { serialized } from '../semaphore';
import { hintLeftOut } from './hints';
import { isFirstRun, isWorker, ROW_TTL_MS } from './once';
import { goesOn, type StepItem } from './step-item';
import type { Site } from './site';

/*
 * A change of a page must not run both as delivered and as recovered, nor be recovered twice. A publication must not
 * run as both of the events that it may bring. n8n's store of processed items decides, not what this process knows: in
 * queue mode it knows nothing of the others, and putting back static data takes that knowledge away.
 *
 * Each page has rows of its own there. Whoever runs first inserts the row, and of two inserts n8n's database lets one
 * succeed. Rows are never dropped: their number is bounded by the pages of the site, and they go with the workflow.
 *
 * Both events of a publication usually come at the same moment. So in a worker each second of a page in which they may
 * meet also has a row for half an hour, like an event (once.ts), because two workers that add to an existing row within
 * the same few milliseconds do not see each other.
 *
 * Rare and bounded: a change that is delivered and recovered within those milliseconds runs twice, the second time
 * marked `recovered`. If two edits of a page are a multiple of eight seconds apart and begin at that moment, one mark
 * is lost. An edit within two seconds of a publication counts as the same.
 */

/**
 * Leaves out changes that have come in another way.
 *
 * @param items Those that an option has left out have not run, so n8n's store does not learn of them. A copy of them
 *   is judged again, and the watch does not recover them.
 */
export async function leaveOutKnownChanges(
	context: IExecuteFunctions,
	items: StepItem[],
	site: Site,
	way: 'delivered' | 'polled',
): Promise<void> {
	if (!isFirstRun(context)) return;
	const changes = changesIn(context, items, way);
	const asking = changes.filter(({ item }) => goesOn(item));
	const passing = await beforeDeadline(
		performance.now() + MAX_STORE_WAIT_MS,
		passingOf(context, asking, site).catch(() => undefined),
	);
	if (passing === undefined) passMarked(context, asking);
	for (const each of changes) noteInMemory(context, each);
	const known = asking.filter(({ item }) => passing?.has(item) === false);
	for (const { item, change, publication } of known) {
		item.hasRun = true;
		// The other event of a publication proves nothing.
		if (publication === undefined) heardBy(context).match(change.kind);
	}
	const message = (changes: string) =>
		way === 'polled'
			? `${changes} left out: the workflow has run for the same before`
			: `${changes} left out: the workflow has run for the same before, delivered or recovered`;
	hintLeftOut(context, known.length, message, 'change');
}

/** Lists the changes of the items. Without recovery, only the two events of a publication can meet. */
function changesIn(context: IExecuteFunctions, items: StepItem[], way: 'delivered' | 'polled'): ItemChange[] {
	const joins = isJoined(readChosenEvents(context));
	const decided = items.filter(({ undecided }) => undecided === undefined);
	if (joins) for (const item of decided) markUnnamedPublication(item);
	const isRecovering = isRecoveryEnabled(context);
	return decided
		.flatMap((item) => itemChangeOf(item, joins, way) ?? [])
		.filter(({ publication }) => publication !== undefined || isRecovering);
}

/** An event that comes twice does less harm than a lost one. */
function passMarked(context: IExecuteFunctions, changes: ItemChange[]): void {
	for (const { item } of changes) item.added.redelivered = true;
	context.logger.warn(
		`n8n could not say whether a change has come before, so it runs with "redelivered" (node "${context.getNode().name}")`,
	);
}

/** Without the page, nobody knows whether its content update has come. */
function markUnnamedPublication({ event, output, added }: StepItem): void {
	const isUnnamed = changeOfItem(output.json)?.page === undefined;
	if (isDraftPublish(event.eventType) && isUnnamed) added.redelivered = true;
}

/** Ways in which one change can come. Two that come in the same way are different changes. */
type Way = 'delivered' | 'recovered' | 'polled';

/** The change that an item reports, and the way in which it has come. */
interface ItemChange {
	item: StepItem;
	change: Change;
	way: Way;
	/** Which event of a publication it may be, if both are one item. */
	publication?: 'draft' | 'content' | undefined;
}

/**
 * The change of an item. `undefined` if the page is unknown, and for a marked recovery, which its own execution may
 * have recorded before.
 *
 * @param joins whether a publication and its content update are one change
 */
function itemChangeOf(item: StepItem, joins: boolean, given: 'delivered' | 'polled'): ItemChange | undefined {
	const { json } = item.output;
	const change = changeOfItem(json);
	const isRecovered = json.recovered === true;
	const isMarked = isRecovered && json.redelivered === true;
	if (change?.page === undefined || isMarked) return undefined;
	const way = isRecovered ? 'recovered' : given;
	if (!joins || way !== 'delivered' || change.kind !== 'edited') return { item, change, way };
	return {
		item,
		change,
		way,
		publication: isDraftPublish(json.eventType) ? 'draft' : 'content',
	};
}

/** Keeps the watch of this process from starting again what has begun here. The workflow may be unpublished by now. */
function noteInMemory(context: IExecuteFunctions, { change, way }: ItemChange): void {
	const { progress } = changesAt(context);
	if (addressOf(context).served === undefined || progress === undefined) return;
	const [known, site] = [knownChangesOf(context), progress.site ?? ''];
	if (way === 'recovered') known.recover(site, change).hasCome();
	else known.noteDelivered(site, change);
}

/** Asks n8n's store. Returns `undefined` if the site is unknown, or n8n's database does not respond in time. */
async function passingOf(
	context: IExecuteFunctions,
	changes: ItemChange[],
	site: Site,
): Promise<Set<StepItem> | undefined> {
	if (changes.length === 0) return new Set();
	// The process that watches knows the origin.
	const known = addressOf(context).served && changesAt(context).progress?.site;
	const origin = known ?? (await site.origin());
	if (origin === undefined) return undefined;
	const execution = context.getExecutionId();
	const marked = changes.map((each) => withMarks(origin, each, execution));
	// Serialize: a concurrent call could read marks that this one is about to remove. The deadline keeps a hung call
	// from blocking the queue.
	return await batched(`changes of ${nodeKey(context)}`, marked, async (requests) => {
		const passing = record(context, requests.flat());
		return await beforeDeadline(performance.now() + MAX_STORE_WAIT_MS, passing);
	});
}

/** Work that waits for its turn, by key. */
const sharedWork = inMemory(new Map<string, SharedWork<unknown, unknown>>());

interface SharedWork<Request, Response> {
	requests: Request[];
	/** Set once the work has begun. */
	response?: Promise<Response>;
}

/** Serializes calls under a key. Calls that arrive during the previous work share one work and its response. */
export async function batched<Request, Response>(
	key: string,
	request: Request,
	work: (requests: Request[]) => Promise<Response>,
): Promise<Response> {
	const batch = (sharedWork.get(key) ?? { requests: [] }) as SharedWork<Request, Response>;
	sharedWork.set(key, batch);
	batch.requests.push(request);
	return await serialized(key, async () => {
		if (batch.response === undefined) {
			sharedWork.delete(key);
			batch.response = work(batch.requests);
		}
		return await batch.response;
	});
}

/** A mark in n8n's store. It keeps out every change but those that come in the same way. */
interface Mark {
	row: string;
	/** Names the change itself, or the time at which delivery and recovery meet. */
	mark: string;
	/** The same name with the way of the change, or with this execution. */
	byWay: string;
}

interface Marked {
	item: StepItem;
	/**
	 * Marks of a recovered or polled change. They name the execution: a write that seemed to fail may have succeeded.
	 */
	own: Mark[];
	meetings: Mark[];
	/** Those of the meetings that are between the two events of a publication. */
	publications: Mark[];
}

function withMarks(origin: string, itemChange: ItemChange, execution: string): Marked {
	const { item, change, way, publication } = itemChange;
	const meet = (isNear: boolean, as: string, scope = '') =>
		meetingKeys(origin, change, isNear ? 'near' : 'own').map((key) => {
			const mark = `${scope}${key}`;
			return { row: rowOf(key), mark, byWay: `${mark} ${as}` };
		});
	// Polled changes have no other way to come.
	const recoveries = way === 'polled' ? [] : meet(way === 'recovered', way);
	const publications = publication === undefined ? [] : meet(publication === 'draft', publication, 'publication ');
	const own = way === 'delivered' ? [] : [ownMark(origin, change, execution)];
	return { item, own, meetings: [...recoveries, ...publications], publications };
}

function ownMark(origin: string, change: Change, execution: string): Mark {
	const mark = nameOf(origin, change);
	const [key = ''] = meetingKeys(origin, change, 'own');
	return { row: rowOf(key), mark, byWay: `${mark} in ${execution}` };
}

/** Rows for the edits of a page, and again for its deletions. Neighbouring seconds are in different rows. */
const ROWS_PER_PAGE = 8;

/** @param key as {@link meetingKeys} gives it */
function rowOf(key: string): string {
	const [scope = '', step] = key.split('@');
	const isCreation = scope.includes(':c:');
	return isCreation ? `change:${scope}` : `change:${scope}:${Number(step) % ROWS_PER_PAGE}`;
}

/** How long other executions wait for marks to be removed. */
const MAX_REMOVAL_MS = 1_000;

/**
 * Records changes and returns those that pass. First chooses one of the two events of a publication: otherwise the
 * marks of each in the rows of the page could keep out the other.
 */
async function record(context: IExecuteFunctions, all: Marked[]): Promise<Set<StepItem>> {
	if (!isWorker(context)) return await recordMarks(context, all);
	const alone = all.map(inRowsOfSeconds);
	const passing = await recordMarks(context, alone, ROW_TTL_MS);
	const made = alone.flatMap(({ meetings }) => meetings).length;
	void dropOldRows(context, made).catch(() => {});
	return await recordMarks(
		context,
		all.filter(({ item }) => passing.has(item)),
	);
}

/** Moves the meetings of publications to rows of their own, named like the row of an event. */
function inRowsOfSeconds({ item, publications }: Marked): Marked {
	const meetings = publications.map((each) => ({ ...each, row: hashOf([each.mark]) }));
	return { item, own: [], meetings, publications };
}

/** Records marks and returns the items that pass. Removes the others' marks, which would keep out their neighbours. */
async function recordMarks(context: IExecuteFunctions, all: Marked[], ttlMs?: number): Promise<Set<StepItem>> {
	const fresh = await freshIn(context, all.flatMap(marksOf), ttlMs);
	const { passing, used } = decide(all, fresh);
	const meetings = byRow(all.flatMap((marked) => marked.meetings));
	const removed = mapConcurrently(meetings, async ([row, marks]) => {
		const unused = marks.filter((mark) => fresh.has(mark) && !used.has(mark));
		await removeProcessed(context, row, unused);
	}).catch(() => {});
	// The decision stands even if removing marks fails.
	await beforeDeadline(performance.now() + MAX_REMOVAL_MS, removed);
	return passing;
}

function marksOf({ own, meetings }: Marked): Mark[] {
	return [...own, ...meetings];
}

/**
 * Records marks.
 *
 * @returns the marks that are new
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
 * Decides which items pass, and which marks they use: a mark is fresh for the first item that passes with it. A change
 * passes if it is new, and also after others that came in its own way, because those never meet.
 *
 * @param fresh marks that were not in the store
 */
function decide(all: Marked[], fresh: ReadonlySet<string>): { passing: Set<StepItem>; used: Set<string> } {
	const passing = new Set<StepItem>();
	const used = new Set<string>();
	const isFresh = (mark: string) => fresh.has(mark) && !used.has(mark);
	for (const marked of all) {
		const marks = marksOf(marked);
		if (!marks.every(({ mark, byWay }) => isFresh(mark) || !isFresh(byWay))) continue;
		passing.add(marked.item);
		for (const { mark, byWay } of marked.meetings) used.add(mark).add(byWay);
		// Leave the mark of the execution unused: the same change twice in one execution passes once.
		for (const { mark } of marked.own) used.add(mark);
	}
	return { passing, used };
}
