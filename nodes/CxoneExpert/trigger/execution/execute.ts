import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { stopWatching } from '../../n8n/execution-persisted';
import { throwRefusedTestEvent } from '../delivery/refused-test-event';
import { withoutKnownChanges } from '../watch/once';
import { injectKnowledge } from '../watch/stored';
import { withoutCopies } from './copies';
import { withDescribedPages } from './described-pages';
import { highlightsOf } from './highlighted-data';
import { highlight } from '../../n8n/highlight';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 *
 * What has run before is left out, and what the options leave out once the page is known: that has not run, so
 * it is noted only after them. Neither concerns a test or an execution that a person has run again.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRefusedTestEvent(this);
	injectKnowledge(this);
	const items = this.getInputData();
	items.forEach(stopWatching);
	const isFirstRun = ['webhook', 'trigger'].includes(this.getMode());
	const first = isFirstRun ? await withoutCopies(this, items) : { items, areAllKnown: false };
	highlight(this, highlightsOf(first.items));
	const wanted = await withDescribedPages(this, first.items);
	if (!first.areAllKnown) return [wanted];
	return [await withoutKnownChanges(this, wanted, notIn(wanted, first.items))];
}

function notIn(wanted: INodeExecutionData[], items: INodeExecutionData[]): INodeExecutionData[] {
	const ids = new Set(wanted.map(({ json }) => json.eventId));
	return items.filter(({ json }) => !ids.has(json.eventId));
}
