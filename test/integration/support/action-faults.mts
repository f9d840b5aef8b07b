import type { Fault, FaultEffect } from '../../simulator/index.mts';
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
const oldStyle = [400, 401, 403, 404, 409, 410, 500].map(
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
	fault: RegExp;
	why: string;
}

const NO_FAILURE: NoFailure[] = [];

/** What has to come of it: items, something thrown, or either of them. */
export function verdictOn(
	scenario: ActionScenario,
	call: ActionCall,
	fault: ActionFault,
): 'gives' | 'throws' | 'either' {
	const title = titleOf(scenario);
	const isNone = NO_FAILURE.some(
		(each) =>
			each.operation.test(title) && each.call.test(call.call) && each.fault.test(fault.name),
	);
	if (isNone) return 'gives';
	if (!fault.isRepeated || (scenario.neverTwice && call.writes)) return 'throws';
	// Done a second time by rule: the site may not take that, or not see a difference.
	return fault.effect.applyThenFail ? 'either' : 'gives';
}

/** How often the site may get this call at most. */
export function mostTimes(scenario: ActionScenario, call: ActionCall, fault: ActionFault): number {
	const isBusy = fault.effect.headers === soon;
	const mayRepeat = isBusy && !(scenario.neverTwice && call.writes);
	return call.times + (mayRepeat ? 3 : 0);
}
