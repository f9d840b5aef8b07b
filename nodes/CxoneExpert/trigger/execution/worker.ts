import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { thisProcess } from '../../n8n/this-process';
import { nodeKey } from '../../shared/node-key';
import { processState } from '../process-state';
import { addressOf } from '../subscription/address';
import { recordLeftOut, withoutKnownChanges } from '../watch/once';
import { noteLeftOut } from '../watch/recovered-execution';
import { withoutCopies } from './copies';

/**
 * The items that have not run before. In queue mode several processes start executions, and none of them
 * knows what the others have started; workers run all of them, and share n8n's store of processed items.
 *
 * Nothing is asked in a process that knows by itself, and nothing of a test or of an execution that a person
 * has run again.
 */
export async function onlyOnce(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const isFirstRun = ['webhook', 'trigger'].includes(context.getMode());
	if (!isFirstRun || !isWorker(context)) return items;
	const first = await withoutCopies(context, items);
	return first.areAllKnown ? await withoutKnownChanges(context, first.items) : first.items;
}

/**
 * The step has left out these items, which were recovered: should Expert deliver them, it judges them anew.
 * Not what a person has run again: it may have passed before.
 */
export async function leaveOut(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<void> {
	if (items.length === 0 || context.getMode() !== 'trigger') return;
	noteLeftOut(context, items);
	if (isWorker(context)) await recordLeftOut(context, items);
}

/** Where n8n does not say so: what takes deliveries or watches the webhook itself is no worker. */
function isWorker(context: IExecuteFunctions): boolean {
	const process = thisProcess(context);
	if (process !== undefined) return process === 'worker';
	return (
		addressOf(context).served === undefined && !processState.deliveryStores.has(nodeKey(context))
	);
}
