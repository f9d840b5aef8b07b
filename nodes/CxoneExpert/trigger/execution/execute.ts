import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { stopWatching } from '../delivery/n8n/execution-persisted';
import { injectRecordIntoExecution } from '../delivery/n8n/static-data';
import { withDescribedPages } from './described-pages';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	injectRecordIntoExecution(this);
	const items = this.getInputData();
	items.forEach(stopWatching);
	return [await withDescribedPages(this, items)];
}
