import type { Fault, FaultEffect } from '../simulator/index.mts';
import { type ActionCall, type ActionScenario, titleOf } from './action-scenarios.mts';

/** Something that one call of an operation meets. */
export interface ActionFault {
	name: string;
	effect: FaultEffect;
	/** From this call on; else this call alone. */
	lasts?: boolean;
	/** The site was busy for a moment and said so: the node tries the same call again. */
	isRepeated?: boolean;
}

const soon = { 'Retry-After': '0' };

const newStyle = [400, 401, 403, 404, 409, 410, 500, 502].map(
	(status): ActionFault => ({ name: `a ${status}`, effect: { status } }),
);
const oldStyle = [400, 403, 404].map(
	(status): ActionFault => ({
		name: `a ${status} in the older style`,
		effect: { status, body: 'old' },
	}),
);
const busy = [429, 503].flatMap((status): ActionFault[] => [
	{ name: `a ${status}`, effect: { status, headers: soon }, isRepeated: true },
	{ name: `a ${status} that lasts`, effect: { status, headers: soon }, lasts: true },
	{
		name: `a ${status} that asks for an hour`,
		effect: { status, headers: { 'Retry-After': '3600' } },
	},
]);

/** What can also meet a call after its work was done: then only the answer is lost. */
const losses: ActionFault[] = [
	{ name: 'a connection reset', effect: { reset: true } },
	{ name: 'a 500 as a web page', effect: { status: 500, body: 'html' } },
	{ name: 'a sign-in page', effect: { body: 'login' } },
	{ name: 'truncated XML', effect: { status: 200, body: 'truncated' } },
	{ name: 'XML with another root', effect: { status: 200, body: 'wrongRoot' } },
	{ name: 'a 200 without a body', effect: { status: 200, body: 'empty' } },
];

const redirect: ActionFault = {
	name: 'a redirect',
	effect: { status: 302, headers: { Location: 'http://127.0.0.1:1/' } },
};

export const SILENCE: ActionFault = { name: 'no answer', effect: { hang: true } };

/** Each fault that is over at once; for what writes also after the work was done. */
export function faultsFor({ writes }: ActionCall): ActionFault[] {
	const all = [...newStyle, ...oldStyle, ...busy, redirect, ...losses];
	return writes ? [...all, ...[...busy, newStyle.at(-2)!, ...losses].map(afterTheWork)] : all;
}

export function afterTheWork({ name, effect, ...rest }: ActionFault): ActionFault {
	return {
		...rest,
		name: `${name} after the work was done`,
		effect: { ...effect, applyThenFail: true },
	};
}

/** The fault for the call at one position. */
export function faultAt({ position }: ActionCall, { effect, lasts }: ActionFault): Fault {
	return { match: { nth: position, ...(lasts ? {} : { times: 1 }) }, effect };
}

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
		why: 'the answer is not needed: the report has what the site says of the webhook afterwards',
	},
	{
		operation: /^webhook\.(addEvent|delete|disable|enable|removeEvent|update)$/,
		call: /^(PUT|DELETE) /,
		fault: DONE_ALL_THE_SAME,
		why: 'the answer is not needed: the webhook is read again, and what is asked for is done',
	},
	{
		operation: /^webhook\.delete$/,
		call: ONE_WEBHOOK,
		between: [4, 4],
		fault: GONE,
		why: 'a webhook that is looked for after its deletion is to be gone',
	},
];

/** What has to come of it: items, something thrown, or either of them. */
export function verdictOn(
	scenario: ActionScenario,
	call: ActionCall,
	fault: ActionFault,
): 'gives' | 'throws' | 'either' {
	if (NO_FAILURE.some((each) => isAbout(each, scenario, call, fault))) return 'gives';
	if (!fault.isRepeated || (scenario.neverTwice && call.writes)) return 'throws';
	// Done a second time by rule: the site may not take that, or not see a difference.
	return fault.effect.applyThenFail ? 'either' : 'gives';
}

/** Reasons of exceptions that are about nothing in the table any more. */
export function unneeded(
	table: Array<{ scenario: ActionScenario; calls: ActionCall[] }>,
): string[] {
	const met = (each: NoFailure) =>
		table.some(({ scenario, calls }) =>
			calls.some((call) => faultsFor(call).some((fault) => isAbout(each, scenario, call, fault))),
		);
	const isHere = ({ operation }: NoFailure) =>
		table.some(({ scenario }) => operation.test(titleOf(scenario)));
	return NO_FAILURE.filter((each) => isHere(each) && !met(each)).map(({ why }) => why);
}

function isAbout(
	{ operation, call: calls, between = [1, Infinity], fault: faults }: NoFailure,
	scenario: ActionScenario,
	{ call, position }: ActionCall,
	{ name }: ActionFault,
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
export function mostTimes(scenario: ActionScenario, call: ActionCall, fault: ActionFault): number {
	const isBusy = fault.effect.headers === soon;
	const mayRepeat = isBusy && !(scenario.neverTwice && call.writes);
	return call.times + (mayRepeat ? 3 : 0);
}
