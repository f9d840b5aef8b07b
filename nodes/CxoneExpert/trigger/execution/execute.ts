import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { stopWatching } from '../../n8n/execution-persisted';
import { highlight, MAX_HIGHLIGHT_CHARS } from '../../n8n/highlight';
import { asGiven, werePutOff } from '../../n8n/run-later';
import { pageOfItem } from '../../event/item';
import { introduceTrigger } from '../../figures/trigger-node';
import { NOT_VERIFIED } from '../../protocol/signature';
import { isFilteredTestEvent, throwRefusedTestEvent } from '../node/listening';
import { injectKnowledge } from '../node/stored';
import { withoutKnownChanges } from './known-changes';
import { tellInOutput, withoutCopies } from './once';
import { describePages } from './page-details';
import { claimPublications } from './publication';

/**
 * The trigger's own step in the execution that it has started. Expert has its response by then, so
 * nothing here delays it. The items are there already.
 *
 * What the options leave out once the page is known has not run: its change is noted only after them. And what has come
 * before must not use up the one publication of its page: that is claimed last.
 */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRefusedTestEvent(this);
	if (isFilteredTestEvent(this)) return [[]];
	introduceTrigger(this);
	injectKnowledge(this);
	const input = this.getInputData();
	input.forEach(stopWatching);
	const isLater = werePutOff(input);
	const given = isLater ? input.map(asGiven) : input;
	const { items, areKnown } = isLater
		? { items: given, areKnown: true }
		: await withoutCopies(this, given);
	// The run before has shown these already.
	const came = isLater ? [] : given.map(({ json }) => json);
	// Also for an execution that fails below.
	highlight(this, highlightsOf(came));
	warnOfUnverified(this, items);
	const { wanted, leftOut, leftOutBy, publications } = await describePages(this, items);
	// A database that has not responded yet would hold up the execution once more.
	const fresh = areKnown ? await withoutKnownChanges(this, wanted, leftOut) : wanted;
	const passing = await claimPublications(this, fresh, publications);
	if (passing.length > 1) tellInOutput(this, SEVERAL(passing.length));
	const hasRun = items.length < given.length || passing.length < wanted.length;
	const why = [...leftOutBy, ...(hasRun ? [HAS_RUN] : [])];
	// As they came, marked, and with what was found of their pages.
	const all = isLater ? [] : [...came, ...[...items, ...wanted].map(({ json }) => json)];
	highlight(this, highlightsOf(all, why));
	return [passing];
}

/** For the author of a workflow, whose tests have one event each. */
const SEVERAL = (count: number) =>
	`${count} events share this execution, because they came in a burst. Steps that look only at the first item miss the others. For one execution each, set 'Deliveries: Per Execution' to 'One'.`;

/** Why an event is left out that no option has left out. */
const HAS_RUN = 'Ran Before';

/** In the trigger's panel: its own fields cannot go by what the credential says, but an execution can. */
function warnOfUnverified(n8n: IExecuteFunctions, items: INodeExecutionData[]): void {
	if (!items.some(({ json }) => json.unverified)) return;
	n8n.addExecutionHints({ message: NOT_VERIFIED, type: 'warning', location: 'outputPane' });
}

/** Divides several values in one. n8n's filter also finds a part of a value. */
const SEPARATOR = ', ';

/**
 * What an execution is found by: the delivery as the Expert Dashboard names it, the type of its event, the
 * page, and what sets it apart from others. Several items give each value once, as many as fit.
 *
 * @param leftOutBy options that have left out an item: such an execution looks like any other
 */
export function highlightsOf(
	items: IDataObject[],
	leftOutBy: string[] = [],
): Record<string, string> {
	const isAny = (mark: string) => (items.some((item) => item[mark] === true) ? 'true' : '');
	const deliveryIds = distinct(items.map(({ deliveryId }) => deliveryId));
	const found = {
		eventType: joined(distinct(items.map(({ eventType }) => eventType))),
		pagePath: joined(distinct(items.map((item) => pageOfItem(item)?.path))),
		deliveryId: joined(deliveryIds),
		// The rest of many did not fit.
		deliveries: deliveryIds.length > 1 ? `${deliveryIds.length}` : '',
		leftOut: joined(leftOutBy),
		recovered: isAny('recovered'),
		redelivered: isAny('redelivered'),
	};
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function distinct(values: unknown[]): string[] {
	const texts = values.filter((value) => typeof value === 'string' && value !== '');
	return [...new Set(texts as string[])];
}

/** The first values, as many as fit whole; a single one that is too long is cut. */
function joined([first = '', ...others]: string[]): string {
	let text = first.slice(0, MAX_HIGHLIGHT_CHARS);
	for (const value of others) {
		if (text.length + SEPARATOR.length + value.length > MAX_HIGHLIGHT_CHARS) break;
		text += SEPARATOR + value;
	}
	return text;
}
