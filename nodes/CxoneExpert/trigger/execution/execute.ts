import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { injectRecordIntoExecution } from '../delivery/dedup/stored-records';
import { stopWatching } from '../../n8n/execution-persisted';
import { noteRecovered } from '../watch/recovered-execution';
import { injectWatchIntoExecution } from '../watch/stored';
import { withDescribedPages } from './described-pages';
import { highlightsOf } from './highlighted-data';
import { highlight } from '../../n8n/highlight';
import { throwRefusal } from './refusal-error';
import { leaveOut, onlyOnce } from './worker';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRefusal(this);
	injectRecordIntoExecution(this);
	const items = this.getInputData();
	items.forEach(stopWatching);
	injectWatchIntoExecution(this, noteRecovered(this, items));
	const toRun = await onlyOnce(this, items);
	highlight(this, highlightsOf(toRun));
	const described = await withDescribedPages(this, toRun);
	await leaveOut(this, recoveredOnlyIn(toRun, described));
	return [described];
}

/** Recovered items that are not passed on. */
function recoveredOnlyIn(
	items: INodeExecutionData[],
	passedOn: INodeExecutionData[],
): INodeExecutionData[] {
	const ids = new Set(passedOn.map(({ json }) => json.eventId));
	return items.filter(({ json }) => json.recovered === true && !ids.has(json.eventId));
}
