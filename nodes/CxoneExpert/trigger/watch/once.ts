import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { XmlElement } from '../../api/xml';
import { nodeKey, processState } from '../process-state';
import { addressOf } from '../subscription/address';
import { changeNameOf, keyOf } from './change-key';
import { recordProcessed } from './n8n/processed-changes';
import { recoveredKey } from './recovered-event';

/*
 * In queue mode the main process recovers, and another one may take the deliveries: neither knows what
 * the other has. A worker runs what both have started, so it asks n8n's own store of processed items,
 * which all workers share. It has no lock: two workers at the same moment can both let a change through,
 * once as delivered and once marked `recovered`.
 *
 * Not in a process that knows by itself: under load the store would hold up its executions.
 */

/** The items without those whose change has come in the other way. */
export async function dropKnownElsewhere(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const isFirstRun = ['webhook', 'trigger'].includes(context.getMode());
	if (!isFirstRun || !isWorker(context) || !isRecovering(context)) return items;
	const marks = items.map(({ json }) => marksOf(json));
	if (marks.flat().length === 0) return items;
	try {
		const fresh = await recordProcessed(context, marks.flat());
		return items.filter((_item, index) => passes(marks[index]!, fresh));
	} catch {
		// An event that comes twice does less harm than a lost one.
		context.logger.warn(
			`n8n could not say whether a change was recovered before, so it runs (node "${context.getNode().name}")`,
		);
		return items;
	}
}

/** What takes deliveries or watches the webhook itself is no worker. */
function isWorker(context: IExecuteFunctions): boolean {
	return (
		addressOf(context).served === undefined && !processState.deliveryStores.has(nodeKey(context))
	);
}

function isRecovering(context: IExecuteFunctions): boolean {
	const options = context.getNodeParameter('additionalOptions', 0, {}) as IDataObject;
	return options.recoverMissedChanges !== false;
}

/** The key of the change, and for a delivery one that says so. None for what cannot be recovered. */
function marksOf(json: IDataObject): string[] {
	const recovered = recoveredKey(json.eventId);
	if (recovered !== undefined) return [recovered];
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
