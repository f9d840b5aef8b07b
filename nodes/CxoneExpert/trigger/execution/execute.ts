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
import { isFilteredTestEvent, throwRejectedTestEvent } from '../state/listening';
import { injectKnowledge } from '../state/stored';
import { readChosenEvents, readPageParameters } from '../parameters';
import { highlightsOf, reasonsOf } from './highlights';
import { hintLeftOut } from './hints';
import { leaveOutKnownChanges } from './marks';
import { isFirstRun, leaveOutCopies } from './once';
import { addDetails, leaveOutByOptions, askSite } from './page-details';
import { goesOn, StepItem } from './step-item';
import { FirstPublications } from './publication';
import { Site } from './site';

/** The webhook trigger's own step in the execution that it has started. Expert has its response by then. */
export async function executeTrigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	throwRejectedTestEvent(this);
	if (isFilteredTestEvent(this)) return [[]];
	introduceTrigger(this);
	if (isFirstRun(this)) heardBy(this).runsHere = true;
	injectKnowledge(this);
	const input = this.getInputData();
	input.forEach(stopWatching);
	return [await passOn(this, input, 'delivered')];
}

/**
 * What an option leaves out has not run, so changes are noted only after that. What has run before must not use up the
 * first publication of its page, so that is claimed last.
 */
export async function passOn(
	context: IExecuteFunctions,
	input: INodeExecutionData[],
	way: 'delivered' | 'polled',
): Promise<INodeExecutionData[]> {
	const wasPutOff = werePutOff(input);
	if (wasPutOff) restartLoops(context);
	const all = input.map((item) => new StepItem(asGiven(item)));
	// Changes found by polling have no copies.
	const responds = wasPutOff || way === 'polled' || (await leaveOutCopies(context, all));
	const first = all.filter(goesOn);
	// The run before has highlighted what was put off.
	const shown = wasPutOff ? [] : all;
	const came = shown.map(({ event }) => event);
	// Here already, for an execution that fails below.
	highlight(context, highlightsOf(came));
	warnOfUnverified(context, first);
	const site = new Site(context);
	const publications = new FirstPublications(context, site);
	await judgePages(context, first, site, publications);
	// A database that has just not responded would hold up the execution again.
	if (responds) await leaveOutKnownChanges(context, first, site, way);
	await publications.claim(first.filter(goesOn));
	const chosen = readChosenEvents(context);
	const passing = first.filter(goesOn).map(({ output }) => underChosenName(output, chosen));
	if (passing.length > 1 && way === 'delivered') showHint(context, SHARED_EXECUTION(passing.length));
	const found = shown.map(({ output }) => output.json);
	highlight(context, highlightsOf([...came, ...found], reasonsOf(all)));
	return passing;
}

/** In the trigger's panel: its fields cannot depend on what the credential says, but an execution can. */
function warnOfUnverified(context: IExecuteFunctions, items: StepItem[]): void {
	if (!items.some(({ event }) => event.unverified)) return;
	showHint(context, NOT_VERIFIED, 'warning');
}

/**
 * Adds what the site says of the pages, and leaves out what is not wanted of them. If the site does not respond, an item
 * goes on: only what is known can leave it out.
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
 * The others do not wait for an undecided first publication: n8n runs this step again for the rest.
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

/** For the workflow author, whose tests have one event each. */
const SHARED_EXECUTION = (count: number) =>
	`${count} events share this execution, because they came in a burst. Steps that look only at the first item miss the others. For one execution each, set 'Deliveries: Per Execution' to 'One'.`;
