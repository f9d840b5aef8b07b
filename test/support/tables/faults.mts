import { expect } from 'vitest';
import type { FailureCause } from '../../../nodes/CxoneExpert/api/node-error.ts';
import type { Fault, FaultEffect } from '../simulator/index.mts';
import { causeOf } from '../integration/causes.mts';
import { NodeOperationError } from '../integration/n8n.mts';
import { actionTimeout, triggerTimeout } from '../integration/timeout.mts';

/*
 * Everything that an API call can meet. The tables try it at every call: that of the subscription for
 * one call and for all calls from there on, that of the actions for one call.
 */

/** Something that an API call can meet. */
export interface CallFault {
	name: string;
	effect: FaultEffect;
	/** What n8n is told where this ends the work. */
	cause: FailureCause;
	/** The site is busy for a moment and says so: the node tries the same call again. */
	isRetried?: boolean;
	/** Number of consecutive calls that meet it; by default all from there on. */
	times?: number;
}

const NOW = { 'Retry-After': '0' };
const BUSY = { 429: 'rate-limited', 503: 'temporarily-unavailable' } as const;

/** Attempts that the node makes of one call while the site is busy. */
const MAX_ATTEMPTS = 4;

const REFUSALS: Record<number, FailureCause> = {
	400: 'configuration-invalid',
	401: 'credential-invalid',
	403: 'configuration-invalid',
	404: 'configuration-invalid',
	409: 'configuration-invalid',
	410: 'configuration-invalid',
	500: 'temporarily-unavailable',
	502: 'temporarily-unavailable',
};

const refusals = Object.entries(REFUSALS).map(
	([status, cause]): CallFault => ({
		name: `a ${status}`,
		effect: { status: Number(status) },
		cause,
	}),
);

const serverErrors = refusals.filter(({ effect }) => effect.status! >= 500);

const olderStyle: CallFault = {
	name: 'a 403 in the older error style',
	effect: { status: 403, body: 'old' },
	cause: 'configuration-invalid',
};

const busySite = Object.entries(BUSY).map(
	([status, cause]): CallFault => ({
		name: `a ${status} with Retry-After`,
		effect: { status: Number(status), headers: NOW },
		cause,
		isRetried: true,
	}),
);

const redirect: CallFault = {
	name: 'a redirect',
	effect: { status: 302, headers: { Location: 'http://127.0.0.1:1/' } },
	cause: 'configuration-invalid',
};

const OUTAGE = 'temporarily-unavailable';

/** The response is lost or is something else: nothing tells whether the work was done. */
const lostResponses: CallFault[] = [
	{ name: 'a connection reset', effect: { reset: true }, cause: OUTAGE },
	{ name: 'a 500 as a web page', effect: { status: 500, body: 'html' }, cause: OUTAGE },
	{ name: 'truncated XML', effect: { status: 200, body: 'truncated' }, cause: OUTAGE },
	{ name: 'XML with another root', effect: { status: 200, body: 'wrongRoot' }, cause: OUTAGE },
	{ name: 'a 200 without a body', effect: { status: 200, body: 'empty' }, cause: OUTAGE },
];

/** For a text that is read, this is no fault. */
const plainText: CallFault = {
	...{ name: 'plain text', cause: OUTAGE },
	effect: { status: 200, body: { raw: 'ok', contentType: 'text/plain; charset=utf-8' } },
};

/** Responses as specified which say that nothing is done. */
const DENIALS: Array<[call: RegExp, says: string, raw: string]> = [
	[/^DELETE \/pages\/\d+$/, 'counts no page', '<deletedpages count="0"/>'],
	[/^POST .*\/pages\/\d+\/move$/, 'counts no page', '<pages.moved count="0"/>'],
	[/^POST .*\/copy$/, 'counts no page', '<pages.copied count="0"/>'],
	[/^POST .*\/restore$/, 'counts no page', '<pages.restored count="0"/>'],
	[/^POST .*\/revert$/, 'has conflicts', '<page.revert.conflicts count="2"/>'],
	[/^POST .*\/revert$/, 'names no conflict', '<page.revert.conflicts count="0"/>'],
	[/^POST .*\/(publish|deactivate)$/, 'has a draft still', '<draft href="x" state="active"/>'],
	[/^POST .*\/(create|activate)$/, 'has no draft', '<draft id="3" state="inactive"/>'],
	[/^POST .*\/contents$/, 'has a conflict', '<edit status="conflict"><page/><draft/></edit>'],
	[/^POST .*\/contents$/, 'names no text', '<edit status="success"/>'],
	[/^PUT .*\/tags$/, 'has the tags from before', '<tags count="1"><tag value="old"/></tags>'],
	[/^PUT .*\/tags$/, 'counts no tag', '<tags count="0"/>'],
	[/^PUT .*\/properties$/, 'counts no property', '<properties count="0"/>'],
];

function denialsOf(call: string): CallFault[] {
	return DENIALS.filter(([calls]) => calls.test(call)).map(([, says, raw]) => ({
		...{ name: `a response that ${says}`, cause: OUTAGE },
		effect: { status: 200, body: { raw } },
		// Tags that are not set are sent once more.
		times: call.endsWith('/tags') ? 2 : 1,
	}));
}

const webPage: CallFault = {
	name: 'a web page instead of XML',
	effect: { status: 200, body: 'html' },
	cause: OUTAGE,
};

const signInPage: CallFault = { name: 'a sign-in page', effect: { body: 'login' }, cause: OUTAGE };

/** Of the faults that the node judges alike, one is tried permanently, too. */
const LASTING = /^(a 40[134]|a redirect|a 429|a 503|a 500|XML with another root|no response)\b/;

/** Every way a call of the subscription can fail: once, for all attempts, and permanently. */
export function subscriptionFaults({ writes }: { writes: boolean }): CallFault[] {
	const unanswered = [...lostResponses, plainText, noResponse(triggerTimeout)];
	// A 502 is judged as a 500 is: the tables of the action node have both.
	const lost = [...busySite, ...serverErrors.slice(0, 1), webPage, ...unanswered];
	const refused = refusals.filter((failure) => !serverErrors.includes(failure));
	const failures = [...refused, olderStyle, redirect, ...lost];
	// The response to a question can be lost, but no work with it. A site that refuses does no work.
	const all = writes ? [...failures, ...lost.map(afterTheWork)] : failures;
	return all.flatMap((failure) => [
		once(failure),
		...(failure.isRetried ? [{ ...failure, name: `${failure.name}, for all attempts`, times: MAX_ATTEMPTS }] : []),
		...(LASTING.test(failure.name) ? [{ ...failure, name: `${failure.name}, permanently` }] : []),
	]);
}

/**
 * All ways in which one call of an action can fail; a call that writes can also fail after taking
 * effect.
 */
export function actionFaults({ writes, call }: { writes: boolean; call: string }): CallFault[] {
	const busy = busySite.flatMap((each) => [once(each), { ...each, name: `${each.name} that lasts` }]);
	const lost = [...lostResponses, signInPage, noResponse(actionTimeout)].map(once);
	const all = [...[...refusals, olderStyle, redirect].map(once), ...busy, ...lost];
	const text = once(plainText);
	const afterWork = [...busy, ...serverErrors.slice(0, 1).map(once), ...lost, text];
	return writes ? [...all, text, ...afterWork.map(afterTheWork), ...denialsOf(call)] : all;
}

/** The fault for the call at one position. */
export function faultAt(position: number, { effect, times }: CallFault): Fault {
	return { match: { nth: position, ...(times === undefined ? {} : { times }) }, effect };
}

/**
 * The error tells n8n whether waiting helps.
 *
 * @param meetsWhoWeAre the call that asks who we are meets it, too: then a refusal is about the token
 */
export function expectCauseOf(thrown: unknown, fault: CallFault, meetsWhoWeAre: boolean): void {
	const { effect, isRetried, times } = fault;
	// What comes of a second try is another fault.
	if (effect.applyThenFail && isRetried && times !== undefined) return;
	const isDone = effect.applyThenFail || (effect.status ?? 200) === 200;
	// What is there afterwards is not what was asked for.
	const isConclusion = isDone && thrown instanceof NodeOperationError;
	const isAboutToken = meetsWhoWeAre && effect.status === 403;
	expect([
		fault.cause,
		...(isConclusion ? ['configuration-invalid'] : []),
		...(isAboutToken ? ['credential-invalid'] : []),
	]).toContain(causeOf(thrown));
}

function noResponse(hang: FaultEffect['hang']): CallFault {
	return { name: 'no response', effect: { hang }, cause: OUTAGE };
}

function once(fault: CallFault): CallFault {
	return { ...fault, times: 1 };
}

function afterTheWork(fault: CallFault): CallFault {
	return {
		...fault,
		name: `${fault.name} after the work was done`,
		effect: { ...fault.effect, applyThenFail: true },
	};
}
