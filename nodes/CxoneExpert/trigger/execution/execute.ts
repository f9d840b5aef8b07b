import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { counted } from '../../api/expert-error';
import { showHint } from '../../api/node-error';
import { underChosenName } from '../../event/draft-publish';
import { introduceTrigger } from '../../metrics/trigger-node';
import { stopWatching } from '../../n8n/execution-written';
import { highlight } from '../../n8n/highlight';
import { asGiven, canRunLater, restartLoops, runLater, werePutOff } from '../../n8n/run-later';
import { NOT_VERIFIED } from '../../protocol/signature';
import { heardBy } from '../state/heard';
import { filtersOfTestEvent, throwRejectedTestEvent } from '../state/listening';
import { injectKnowledge } from '../state/stored';
import { readChosenEvents, readPageParameters } from '../parameters';
import { highlightsOf, reasonsOf } from './highlights';
import { endFiltered, hintLeftOut } from './hints';
import { leaveOutKnownChanges } from './marks';
import { isFirstRun, leaveOutCopies } from './once';
import { addDetails, leaveOutByOptions, askSite } from './page-details';
import { goesOn, StepItem } from './step-item';
import { FirstPublications } from './first-publications';
import { Site } from './site';

/** The webhook trigger's own step in the execution that it has started. Expert has its response by then. */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRejectedTestEvent(this);
	const filters = filtersOfTestEvent(this);
	if (filters !== undefined) return await endFiltered(this, filters);
	introduceTrigger(this);
	if (isFirstRun(this)) heardBy(this).runsHere = true;
	injectKnowledge(this);
	const input = this.getInputData();
	input.forEach(stopWatching);
	return [await passOn(this, input, 'delivered')];
}

/**
 * Records changes after the options: an event that an option drops has not run. Claims first publications last, so that
 * an event that ran before does not use up the one of its page.
 */
export async function passOn(
	context: IExecuteFunctions,
	input: INodeExecutionData[],
	way: 'delivered' | 'polled',
): Promise<INodeExecutionData[]> {
	const wasPutOff = werePutOff(input);
	if (wasPutOff) restartLoops(context);
	const all = input.map((item) => new StepItem(asGiven(item)));
	// Changes that polling finds have no copies.
	const responds = wasPutOff || way === 'polled' || (await leaveOutCopies(context, all));
	const first = all.filter(goesOn);
	// The run before has highlighted the items that were put off.
	const shown = wasPutOff ? [] : all;
	const came = shown.map(({ event }) => event);
	// Highlight now, because the execution may fail below.
	highlight(context, highlightsOf(came));
	warnOfUnverified(context, first);
	const site = new Site(context);
	const publications = new FirstPublications(context, site);
	await judgePages(context, first, site, publications);
	// A database that has just failed to respond would hold up the execution once more.
	if (responds) await leaveOutKnownChanges(context, first, site, way);
	await publications.claim(first.filter(goesOn));
	const chosen = readChosenEvents(context);
	const passing = first.filter(goesOn).map(({ output }) => underChosenName(output, chosen));
	if (passing.length > 1 && way === 'delivered') showHint(context, SHARED_EXECUTION(passing.length));
	const found = shown.map(({ output }) => output.json);
	highlight(context, highlightsOf([...came, ...found], reasonsOf(all)));
	return passing;
}

/** Shows the warning in an execution: the fields in the trigger's panel cannot depend on the credential. */
function warnOfUnverified(context: IExecuteFunctions, items: StepItem[]): void {
	if (!items.some(({ event }) => event.unverified)) return;
	showHint(context, NOT_VERIFIED, 'warning');
}

/**
 * Adds what the site says of the pages, and leaves out items that the options do not want. If the site does not
 * respond, an item goes on, because only known facts can leave it out.
 *
 * @throws NodeOperationError if nothing can be decided: people see a failed execution, and can retry it
 */
async function judgePages(
	context: IExecuteFunctions,
	items: StepItem[],
	site: Site,
	publications: FirstPublications,
): Promise<void> {
	const parameters = readPageParameters(context);
	await publications.leaveOutLaterTexts(items);
	await askSite(context, items, { site, parameters, publications });
	await publications.judge(items.filter(goesOn));
	leaveOutByOptions(items, parameters);
	putOffUndecided(context, items);
	if (parameters.addDetails) addDetails(items.filter(goesOn));
	const leftOut = items.filter(({ leftOutBy }) => leftOutBy !== undefined);
	const options = reasonsOf(leftOut).join(', ');
	hintLeftOut(context, leftOut.length, (events) => `${events} left out by: ${options}`);
}

/**
 * Puts off items whose first publication is undecided, so that the others need not wait. n8n runs this step again for
 * them.
 *
 * @throws NodeOperationError if there are no others
 */
function putOffUndecided(context: IExecuteFunctions, items: StepItem[]): void {
	const undecided = items.filter((item) => item.undecided !== undefined);
	if (undecided.length === 0) return;
	const isAlone = undecided.length === items.length || !canRunLater(context);
	if (isAlone) throw undecided[0]!.undecided!;
	runLater(
		context,
		undecided.map(({ output }) => output),
	);
	const events = counted(undecided.length, 'event', 'events');
	const why = `${events} could not be judged yet: the site, or n8n's database, did not say enough. The trigger looks again once all else of this execution has run.`;
	showHint(context, why);
	context.logger.warn(`CXone Expert, node "${context.getNode().name}": ${why}`);
}

/** Tells the workflow author, whose tests have one event each. */
const SHARED_EXECUTION = (count: number) =>
	`${count} events share this execution, because they came in a burst. Steps that look only at the first item miss the others. For one execution each, set 'Deliveries: Per Execution' to 'One'.`;
