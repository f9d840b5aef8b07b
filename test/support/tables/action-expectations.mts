import { type ActionCall, type ActionScenario, titleOf } from './action-scenarios.mts';
import { actionFaults, type CallFault } from './faults.mts';

/** A fault that is none for what was asked for. */
interface NoFailure {
	operation: RegExp;
	call: RegExp;
	/** Only between these positions. */
	between?: [first: number, last: number];
	fault: RegExp;
	why: string;
}

const GONE = /^a (404|410)/;
const REFUSED = /^a \d{3}(?!.* lasts)/;
const DONE_ALL_THE_SAME = /^(XML with another root|a 200 without a body) after/;
const ONE_WEBHOOK = /^GET \/webhooks\/\d+$/;

const NO_FAILURE: NoFailure[] = [
	{
		operation: /^draft\.create \(of a new page\)$/,
		call: /\/info$/,
		fault: GONE,
		why: 'a path without a page is where the new one is made',
	},
	{
		operation: /^page\.getChangedSince \(each revision\)$/,
		call: /\/revisions$/,
		fault: GONE,
		why: 'a page that was deleted between the two calls has no revisions to give',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: ONE_WEBHOOK,
		between: [4, 5],
		fault: GONE,
		why: 'a webhook that was removed since it was listed is not there to be reported',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: /^PUT /,
		fault: REFUSED,
		why: 'what a site refuses in a repair is a finding of the report',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: /^PUT /,
		fault: /^XML with another root/,
		why: 'the response is not needed: the report has what the site says of the webhook afterwards',
	},
	{
		operation: /^webhook\.(addEvent|delete|disable|enable|removeEvent|update)$/,
		call: /^(PUT|DELETE) /,
		fault: DONE_ALL_THE_SAME,
		why: 'the response is not needed: the webhook is read again, and what is asked for is done',
	},
	{
		operation: /^webhook\.checkHealth$/,
		call: /^GET \/site\/jobs$/,
		fault: /./,
		why: 'jobs that the site does not tell of are left out',
	},
	{
		operation: /^webhook\.delete$/,
		call: ONE_WEBHOOK,
		between: [4, 4],
		fault: GONE,
		why: 'a webhook that is looked for after its deletion is to be gone',
	},
];

/** What has to come of a fault: items, something thrown, or either of them. */
export function expectationOf(
	scenario: ActionScenario,
	call: ActionCall,
	fault: CallFault,
): 'gives' | 'throws' | 'either' {
	if (NO_FAILURE.some((each) => isAbout(each, scenario, call, fault))) return 'gives';
	const isOver = fault.isRetried && fault.times !== undefined;
	if (!isOver || (scenario.neverTwice && call.writes)) return 'throws';
	// Done a second time by rule: the site may not take that, or not see a difference.
	return fault.effect.applyThenFail ? 'either' : 'gives';
}

/** Reasons of exceptions that are about nothing in the table any more. */
export function unneeded(
	table: Array<{ scenario: ActionScenario; calls: ActionCall[] }>,
): string[] {
	const met = (each: NoFailure) =>
		table.some(({ scenario, calls }) =>
			calls.some((call) =>
				actionFaults(call).some((fault) => isAbout(each, scenario, call, fault)),
			),
		);
	return NO_FAILURE.filter((each) => !met(each)).map(({ why }) => why);
}

function isAbout(
	{ operation, call: calls, between = [1, Infinity], fault: faults }: NoFailure,
	scenario: ActionScenario,
	{ call, position }: ActionCall,
	{ name }: CallFault,
): boolean {
	return (
		operation.test(titleOf(scenario)) &&
		calls.test(call) &&
		between[0] <= position &&
		position <= between[1] &&
		faults.test(name)
	);
}

/** How often the site may get this call at most. */
export function maxTimes(scenario: ActionScenario, call: ActionCall, fault: CallFault): number {
	const mayRetry = fault.isRetried && !(scenario.neverTwice && call.writes);
	return call.times + (mayRetry ? 3 : 0);
}
