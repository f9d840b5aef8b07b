import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import type { XmlElement } from '../../api/xml';
import { together } from '../../shared/together';
import { beforeDeadline } from '../../api/deadline';
import { MAX_WAIT_MS, recordProcessed } from '../../n8n/processed-items';
import { nodeKey } from '../../shared/node-key';
import { isRecoveryEnabled } from '../parameters';
import { readCredential } from '../read-credential';
import { changeNameOf, keyOf, siteMark } from './change-key';
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
	if (marks.flat().length === 0) return items;
	const recorded = recordAtSite(context, marks).catch(() => undefined);
	const passing = await beforeDeadline(performance.now() + MAX_WAIT_MS, recorded);
	if (passing !== undefined) return items.filter((_item, index) => passing[index]);
	// An event that comes twice does less harm than a lost one.
	context.logger.warn(
		`n8n could not say whether a change was recovered before, so it runs (node "${context.getNode().name}")`,
	);
	return items;
}

/** Which of the items pass. The marks of one site mean nothing at another. */
async function recordAtSite(
	context: IExecuteFunctions,
	marks: string[][],
): Promise<boolean[] | undefined> {
	const credential = await readCredential(context);
	if (credential === undefined) return undefined;
	const site = siteMark(siteOrigin(credential.siteUrl));
	const own = marks.map((each) => each.map((mark) => `${site}:${mark}`));
	const fresh = await record(context, own.flat());
	return own.map((each) => passes(each, fresh));
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

/** The key of the change, and for a delivery one that says so. None for what cannot be recovered. */
function marksOf(json: IDataObject): string[] {
	const recovered = recoveredKey(json.eventId);
	// Marked, its own execution may have recorded it before.
	if (recovered !== undefined) return json.redelivered === true ? [] : [recovered];
	const change = changeNameOf({ type: json.eventType as string, xml: eventOf(json) });
	if (change?.subject === undefined) return [];
	return [keyOf(change), `${keyOf(change)} delivered`];
}

/** A change passes that is new; and a delivery after another one, for two genuine ones never meet. */
function passes([key, delivered]: string[], fresh: ReadonlySet<string>): boolean {
	if (key === undefined || fresh.has(key)) return true;
	return delivered !== undefined && !fresh.has(delivered);
}

/** What an item says of its event, simplified or not. */
function eventOf({ event, page, occurredAt }: IDataObject): XmlElement {
	if (typeof event === 'object' && event !== null) return event as unknown as XmlElement;
	const { id, revision } = (page ?? {}) as IDataObject;
	const named = { '@id': String(id ?? ''), '@revision': String(revision ?? '') };
	return { '@datetime': String(occurredAt), page: named };
}
