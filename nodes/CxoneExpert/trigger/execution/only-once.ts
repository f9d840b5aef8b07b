import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { thisProcess } from '../../n8n/this-process';
import { nodeKey } from '../../shared/node-key';
import { processState } from '../process-state';
import { addressOf } from '../subscription/address';
import { withoutKnownChanges } from '../watch/once';
import { withoutCopies } from './copies';

/**
 * The items that have not run before. What the trigger knows in static data can be put back by whoever writes
 * there, and in queue mode no process knows what another one has started. n8n's store of processed items is
 * shared by all, and nobody puts it back: it decides.
 *
 * Copies of a delivery only reach workers: one process knows its own. Nothing is asked of a test or of an
 * execution that a person has run again.
 */
export async function onlyOnce(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!['webhook', 'trigger'].includes(context.getMode())) return items;
	if (!isWorker(context)) return await withoutKnownChanges(context, items);
	const first = await withoutCopies(context, items);
	return first.areAllKnown ? await withoutKnownChanges(context, first.items) : first.items;
}

/** Where n8n does not say so: what takes deliveries or watches the webhook itself is no worker. */
function isWorker(context: IExecuteFunctions): boolean {
	const process = thisProcess(context);
	if (process !== undefined) return process === 'worker';
	return (
		addressOf(context).served === undefined && !processState.deliveryStores.has(nodeKey(context))
	);
}
