import type { IDataObject, IExecuteFunctions, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { asExpertError } from '../../api/expert-error';
import { nodeError, showHint } from '../../api/node-error';
import { assertEngine } from '../../n8n/engine';
import type { PollReason } from '../../n8n/poll';
import { passOn } from '../execution/execute';
import { pollerOf } from './poller';
import { testItems } from './test-event';

/*
 * Asks the site for changes at each of the Poll Times. Only `execute()` can ask n8n's store what has run, so `poll()`
 * searches, and the step of the execution decides.
 */

export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const poller = pollerOf(this);
	const reason = poller.reasonOf(this);
	const items = await newItems(this, reason);
	if (reason !== 'schedule') poller.hasPublished(this);
	return items.length === 0 ? null : [this.helpers.returnJsonArray(items)];
}

async function newItems(context: IPollFunctions, reason: PollReason): Promise<IDataObject[]> {
	try {
		assertEngine(context);
		return await pollerOf(context).poll(context, reason);
	} catch (thrown) {
		const error = asExpertError(thrown);
		const node = context.getNode();
		// n8n shows only the message when publishing.
		const says = reason === 'schedule' ? error : { message: error.text };
		if (reason !== 'start') throw nodeError(node, error, says);
		// An error would end all polls: the next poll throws it, too, where people see it.
		context.logger.warn(`CXone Expert: "${node.name}" could not ask. ${error.text}`);
		return [];
	}
}

/** The trigger's step. "Fetch Test Event" gives it nothing, so it looks for something recent. */
export async function executePolled(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const input = this.getInputData();
	const isGiven = this.getMode() !== 'manual' || input.some(({ json }) => 'eventType' in json);
	return [await passOn(this, isGiven ? input : await fetchTestEvent(this), 'polled')];
}

async function fetchTestEvent(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	try {
		const items = await testItems(context);
		if (items.length === 0) showHint(context, NOTHING);
		return context.helpers.returnJsonArray(items);
	} catch (thrown) {
		throw nodeError(context.getNode(), asExpertError(thrown));
	}
}

const NOTHING = 'The site has no change of the chosen kind that passes the filters';
