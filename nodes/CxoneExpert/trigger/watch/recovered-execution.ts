import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { siteTime } from '../../api/time';
import { presentMoment } from '../clock';
import { addressOf } from '../subscription/address';
import { type ChangeName, nameOfKey } from './change-key';
import { changesAt } from './node-changes';
import { recoveredKey } from './recovered-event';

/**
 * Notes the change that this execution was started for: n8n has stored the execution, so from now on the
 * change counts as recovered. Only in the process that has started it: a worker knows nothing of it.
 *
 * @returns whether there is such a change: then what is known is to be stored at the end
 */
export function noteRecovered(context: IExecuteFunctions, items: INodeExecutionData[]): boolean {
	if (context.getMode() !== 'trigger' || addressOf(context).served === undefined) return false;
	const names = namesOf(items);
	const { known } = changesAt(context);
	for (const name of names) known.noteRecovered(name, presentMoment().steady);
	return names.length > 0;
}

/** The step has left these items out, which were recovered: a later delivery must not be dropped for them. */
export function noteLeftOut(context: IExecuteFunctions, items: INodeExecutionData[]): void {
	const { known } = changesAt(context);
	for (const name of namesOf(items)) known.noteLeftOut(name);
}

function namesOf(items: INodeExecutionData[]): ChangeName[] {
	return items.flatMap(({ json }) => {
		const key = recoveredKey(json.eventId);
		return key === undefined ? [] : nameOfKey(key, siteTime(json.occurredAt) ?? 0);
	});
}
