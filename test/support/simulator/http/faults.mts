import type { IncomingMessage } from 'node:http';
import { brokenXml, errorFields, errorXml, type ErrorFacts } from './errors.mts';

export interface FaultMatch {
	method?: string;
	/** A text that the path contains, or a pattern for it; the query is not part of it. */
	path?: string | RegExp;
	/** First call that is hit, counted among the matching ones from 1. */
	nth?: number;
	/** How many calls are hit; all from `nth` on if absent. */
	times?: number;
}

export type FaultBody =
	| 'xml'
	| 'json'
	| 'old'
	// What a site says that does not have the call.
	| 'noCall'
	| 'html'
	| 'login'
	| 'empty'
	| 'truncated'
	| 'wrongRoot'
	| { raw: string; contentType?: string };

export interface FaultEffect {
	/**
	 * Respond with this status instead of the real response. If a body is given without it: 500, or
	 * 200 for the login page.
	 */
	status?: number;
	/**
	 * `xml` and `json` are the newer error style, `old` the framework's; as `xml` a 500 is what the framework
	 * says when a handler breaks (docs/vendor-facts.md#error-bodies). `login` is the page that people sign in at, as a proxy
	 * before the site responds with it.
	 */
	body?: FaultBody;
	message?: string;
	/** The message repeats token and values of the call, without schemes, as careless servers do. */
	echo?: boolean;
	/** The real response without this element or attribute: `page/title`, `page/@id`. */
	without?: string;
	/** E.g. Retry-After; alone they are added to the real response. */
	headers?: Record<string, string>;
	/** Wait before anything else; alone it only slows the call down. */
	delayMs?: number;
	/** Break the connection without a response. */
	reset?: boolean;
	/**
	 * Never respond; the connection ends when the simulator closes. A function is called with the request
	 * that gets no response.
	 */
	hang?: boolean | ((received: IncomingMessage) => void);
	/** Do the work first, then fail: the response is lost. */
	applyThenFail?: boolean;
}

export interface Fault {
	match?: FaultMatch;
	effect: FaultEffect;
}

/** Failures of the API that a test has asked for. */
export class Faults {
	private active: Array<{ fault: Fault; seen: number }> = [];

	add(fault: Fault): void {
		this.active.push({ fault, seen: 0 });
	}

	clear(): void {
		this.active = [];
	}

	/** Whether one is about the connection, or about time. */
	get needSockets(): boolean {
		return this.active.some(({ fault: { effect } }) => effect.reset || effect.hang || effect.delayMs !== undefined);
	}

	/** The effect for a call: the first fault that matches and has its turn. */
	next(method: string, path: string): FaultEffect | undefined {
		let effect: FaultEffect | undefined;
		for (const entry of this.active) {
			const { match = {} } = entry.fault;
			if (!matches(match, method, path)) continue;
			entry.seen++;
			const first = match.nth ?? 1;
			const last = first + (match.times ?? Number.POSITIVE_INFINITY) - 1;
			if (entry.seen >= first && entry.seen <= last) effect ??= entry.fault.effect;
		}
		return effect;
	}
}

function matches(match: FaultMatch, method: string, path: string): boolean {
	if (match.method && match.method.toUpperCase() !== method) return false;
	if (match.path === undefined) return true;
	return typeof match.path === 'string'
		? path.includes(match.path)
		: new RegExp(match.path.source, match.path.flags.replace(/[gy]/g, '')).test(path);
}

/** True when the effect takes the place of the real response. */
export function replacesResponse(effect: FaultEffect): boolean {
	const { status, body, reset, hang } = effect;
	return Boolean(reset || hang) || status !== undefined || body !== undefined;
}

const loginPage = `<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title><meta charset="utf-8"></head><body>
<h1>Sign in</h1><form action="/Special:UserLogin" method="post"><input name="username"><br>
<input name="password" type="password"><button>Sign in</button></form></body></html>`;

const xmlType = 'application/xml; charset=utf-8';
const jsonType = 'application/json; charset=utf-8';

export interface FaultResponse {
	status: number;
	contentType: string | undefined;
	text: string;
}

export function faultResponse(effect: FaultEffect, uri: string): FaultResponse {
	const status = effect.status ?? (effect.body === 'login' ? 200 : 500);
	const message = effect.message ?? 'The simulator was told to fail here.';
	const [contentType, text] = faultText(effect.body ?? 'xml', { status, message, uri });
	return { status, contentType, text };
}

function faultText(body: FaultBody, facts: ErrorFacts): [string | undefined, string] {
	if (typeof body === 'object') return [body.contentType ?? xmlType, body.raw];
	switch (body) {
		case 'xml':
			return [xmlType, facts.status === 500 ? brokenXml(facts.message) : errorXml(facts, 'exception')];
		case 'old':
			return [xmlType, errorXml(facts, 'framework')];
		case 'noCall':
			return [xmlType, errorXml(facts, 'noCall')];
		case 'json':
			return [jsonType, JSON.stringify(errorFields(facts, 'exception'))];
		case 'html':
			return ['text/html', `<html><body><h1>${facts.message}</h1></body></html>`];
		case 'login':
			return ['text/html; charset=utf-8', loginPage];
		case 'empty':
			return [undefined, ''];
		case 'truncated':
			return [xmlType, '<webhooks><webhook><id>1</id><guid>a1b2c3d4-e5f6'];
		case 'wrongRoot':
			return [xmlType, '<unexpected><answer>1</answer></unexpected>'];
	}
}
