import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/time';
import type { XmlElement } from '../../api/xml';
import { together } from '../../shared/together';
import { beforeDeadline } from '../../api/deadline';
import { MAX_WAIT_MS, recordProcessed } from '../../n8n/processed-items';
import { nodeKey } from '../../shared/node-key';
import { isRecoveryEnabled } from '../parameters';
import { readCredential } from '../read-credential';
import { type ChangeName, changeNameOf, editOf, keyOf, nameOfKey, siteMark } from './change-key';
import { recoveredKey } from './recovered-event';

/*
 * In queue mode the main process recovers, and another one may take the deliveries: neither knows what
 * the other has. A worker runs what both have started, so it asks the row of the node in n8n's store of
 * processed items, which all workers share. It has no lock: two workers at the same moment can both let a
 * change through, once as delivered and once marked `recovered`.
 */

/** The items without those whose change has come in the other way. */
export async function withoutKnownChanges(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!isRecoveryEnabled(context)) return items;
	const marks = items.map(({ json }) => marksOf(json));
	if (marks.flatMap(flat).length === 0) return items;
	const recorded = recordAtSite(context, marks).catch(() => undefined);
	const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
	if (passing !== undefined) return items.filter((_item, index) => passing[index]);
	// An event that comes twice does less harm than a lost one.
	context.logger.warn(
		`n8n could not say whether a change was recovered before, so it runs (node "${context.getNode().name}")`,
	);
	return items;
}

/** These recovered items were left out: that counts as delivered, so that a delivery passes. */
export async function recordLeftOut(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<void> {
	const pairs = items.flatMap(({ json }) =>
		spotsOf(recoveredName(json)).map((spot): Pair => pairOf(spot, 'delivered')),
	);
	const recorded = recordAtSite(context, [{ pairs }]).catch(() => undefined);
	await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
}

/** Which of the items pass. The marks of one site mean nothing at another. */
async function recordAtSite(
	context: IExecuteFunctions,
	marks: Marks[],
): Promise<boolean[] | undefined> {
	const credential = await readCredential(context);
	if (credential === undefined) return undefined;
	const site = `${siteMark(siteOrigin(credential.siteUrl))}:`;
	const fresh = await record(
		context,
		marks.flatMap(flat).map((mark) => site + mark),
	);
	const isFresh = (mark: string) => fresh.has(site + mark);
	return marks.map((each) => passes(each, isFresh));
}

/** Executions of this process that wait for the row share it: two would lose each other's marks. */
async function record(context: IExecuteFunctions, marks: string[]): Promise<Set<string>> {
	return await together(`changes of ${nodeKey(context)}`, marks, async (requests) => {
		const fresh = await recordProcessed(context, [...new Set(requests.flat())]);
		return requests.map((own) => taken(fresh, own));
	});
}

/** A mark is new to the first that asks for it. */
function taken(fresh: Set<string>, marks: string[]): Set<string> {
	const own = new Set(marks.filter((mark) => fresh.has(mark)));
	for (const mark of own) fresh.delete(mark);
	return own;
}

/** A spot, and that a change has come there in this way. */
type Pair = [spot: string, way: string];

/** What an item has recorded. */
interface Marks {
	/** Of a recovered change itself. */
	own?: string;
	pairs: Pair[];
}

/** None for what cannot be recovered. */
function marksOf(json: IDataObject): Marks {
	const own = recoveredKey(json.eventId);
	if (own !== undefined) {
		// Marked, its own execution may have recorded it before.
		if (json.redelivered === true) return { pairs: [] };
		const spots = spotsOf(recoveredName(json)).filter((spot) => spot !== own);
		return { own, pairs: spots.map((spot) => pairOf(spot, 'recovered')) };
	}
	const change = changeNameOf({ type: json.eventType as string, xml: eventOf(json) });
	if (change?.subject === undefined) return { pairs: [] };
	return { pairs: [pairOf(spotOf(change), 'delivered')] };
}

/**
 * Where a delivery and a recovery of one change meet. For an edit that is page and second: an event may count
 * revisions in another way than the API.
 */
function spotOf(change: ChangeName): string {
	const { kind, subject = '', at } = change;
	return kind === 'e' ? `e:${editOf(subject).page}@${Math.floor(at / 1000)}` : keyOf(change);
}

/** Those of a recovered change: the time of an edit may differ from that of its event by a second. */
function spotsOf(change: ChangeName): string[] {
	const seconds = change.kind === 'e' ? [-1, 0, 1] : [0];
	return seconds.map((second) => spotOf({ ...change, at: change.at + second * 1000 }));
}

function pairOf(spot: string, way: 'delivered' | 'recovered'): Pair {
	return [spot, `${spot} ${way}`];
}

function flat({ own, pairs }: Marks): string[] {
	return [...(own === undefined ? [] : [own]), ...pairs.flat()];
}

/** A change passes that is new; and one after another that has come in its own way: two of those never meet. */
function passes({ own, pairs }: Marks, isFresh: (mark: string) => boolean): boolean {
	const isNew = own === undefined || isFresh(own);
	return isNew && pairs.every(([spot, way]) => isFresh(spot) || !isFresh(way));
}

function recoveredName({ eventId, occurredAt }: IDataObject): ChangeName {
	return nameOfKey(recoveredKey(eventId) ?? '', siteTime(occurredAt) ?? 0);
}

/** What an item says of its event, simplified or not. */
function eventOf({ event, page, occurredAt }: IDataObject): XmlElement {
	if (typeof event === 'object' && event !== null) return event as unknown as XmlElement;
	const { id, revision } = (page ?? {}) as IDataObject;
	const named = { '@id': String(id ?? ''), '@revision': String(revision ?? '') };
	return { '@datetime': String(occurredAt), page: named };
}
