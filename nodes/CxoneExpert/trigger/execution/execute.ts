import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { stopWatching } from '../../n8n/execution-persisted';
import { injectKnowledge } from '../watch/stored';
import { withDescribedPages } from './described-pages';
import { highlightsOf } from './highlighted-data';
import { highlight } from '../../n8n/highlight';
import { onlyOnce } from './only-once';
import { throwRefusal } from './refusal-error';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRefusal(this);
	injectKnowledge(this);
	const items = this.getInputData();
	items.forEach(stopWatching);
	const toRun = await onlyOnce(this, items);
	highlight(this, highlightsOf(toRun));
	return [await withDescribedPages(this, toRun)];
}
