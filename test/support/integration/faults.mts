import type { Fault, FaultEffect } from '../simulator/index.mts';
import type { RecordedCall } from './scenarios.mts';

/** Something that an API call can meet. */
export interface NamedFault {
	name: string;
	effect: FaultEffect;
	/** How many calls meet it, one after the other; all from there on if absent. */
	times?: number;
}

const soon = { 'Retry-After': '0' };

/** Every way a call can fail that is over at once. */
const quickFailures: NamedFault[] = [
	...[400, 401, 403, 404, 409, 410, 500, 502].map(
		(status): NamedFault => ({ name: `a ${status}`, effect: { status } }),
	),
	{ name: 'a 429 with Retry-After', effect: { status: 429, headers: soon } },
	{ name: 'a 503 with Retry-After', effect: { status: 503, headers: soon } },
	{ name: 'a 400 in the older error style', effect: { status: 400, body: 'old' } },
	{ name: 'a 500 as a web page', effect: { status: 500, body: 'html' } },
	{ name: 'a redirect', effect: { status: 302, headers: { Location: 'http://127.0.0.1:1/' } } },
	{ name: 'a connection reset', effect: { reset: true } },
	{ name: 'a web page instead of XML', effect: { status: 200, body: 'html' } },
	{ name: 'truncated XML', effect: { status: 200, body: 'truncated' } },
	{ name: 'XML with another root', effect: { status: 200, body: 'wrongRoot' } },
	{ name: 'a 200 without a body', effect: { status: 200, body: 'empty' } },
];

const silence: NamedFault[] = [{ name: 'no answer', effect: { hang: true } }];

/** What a call can meet and is told of at once. */
export function quickFaults(call: RecordedCall): NamedFault[] {
	return spread(quickFailures, call);
}

/** What a call can only wait for. */
export function silentFaults(call: RecordedCall): NamedFault[] {
	return spread(silence, call);
}

/** The fault for the call at one position. */
export function at(position: number, { effect, times }: NamedFault): Fault {
	return { match: { nth: position, ...(times === undefined ? {} : { times }) }, effect };
}

/** Each once, each for as long as the node tries one call, and each for good. */
function spread(failures: NamedFault[], { writes }: RecordedCall): NamedFault[] {
	const lost = failures.map(({ name, effect }) => ({
		name: `${name} after the work was done`,
		effect: { ...effect, applyThenFail: true },
	}));
	// The answer to a question can be lost, but no work with it.
	const all = writes ? [...failures, ...lost] : failures;
	return all.flatMap(({ name, effect }) => [
		{ name, effect, times: 1 },
		...(effect.headers === soon ? [{ name: `${name}, four times`, effect, times: 4 }] : []),
		{ name: `${name}, for good`, effect },
	]);
}
