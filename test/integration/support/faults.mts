import type { FaultEffect } from '../../simulator/index.mts';

/** Something that an API call can meet. `lasts`: every call from there on meets it. */
export interface NamedFault {
	name: string;
	effect: FaultEffect;
	lasts?: boolean;
}

const status = (code: number): NamedFault => ({ name: `a ${code}`, effect: { status: code } });

const soon = { 'Retry-After': '0' };

export const oneTimeFaults: NamedFault[] = [
	...[400, 401, 403, 404, 409, 410, 500, 502].map(status),
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
	{ name: 'a 500 after the work was done', effect: { status: 500, applyThenFail: true } },
	{ name: 'a reset after the work was done', effect: { reset: true, applyThenFail: true } },
	{
		name: 'truncated XML after the work was done',
		effect: { status: 200, body: 'truncated', applyThenFail: true },
	},
	{
		name: 'a 503 with Retry-After after the work was done',
		effect: { status: 503, headers: soon, applyThenFail: true },
	},
];

export const lastingFaults: NamedFault[] = [
	{ name: '503 for good', effect: { status: 503, headers: soon }, lasts: true },
	{ name: '429 for good', effect: { status: 429, headers: soon }, lasts: true },
	{ name: '403 for good', effect: { status: 403 }, lasts: true },
	{ name: '500 for good', effect: { status: 500 }, lasts: true },
	{ name: 'resets for good', effect: { reset: true }, lasts: true },
	{ name: 'web pages for good', effect: { status: 200, body: 'html' }, lasts: true },
	{ name: '200 without a body for good', effect: { status: 200, body: 'empty' }, lasts: true },
];
