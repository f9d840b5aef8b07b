import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { stopWatching } from '../delivery/n8n/execution-persisted';
import { injectRecordIntoExecution } from '../delivery/n8n/static-data';
import { withDescribedPages } from './described-pages';
import { highlightsOf } from './highlighted-data';
import { highlight } from './n8n/highlight';
import { throwRefusal } from './refusal-error';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRefusal(this);
	injectRecordIntoExecution(this);
	const items = this.getInputData();
	items.forEach(stopWatching);
	highlight(this, highlightsOf(items));
	return [await withDescribedPages(this, items)];
}
