import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { match, type MatchFunction } from 'path-to-regexp';
import { type Settings, siteNow } from '../settings.mts';
import type { Simulator } from '../simulator.mts';
import { buildXml, withoutPart } from '../xml.mts';
import { type ApiCall, Call, type Handler, type Reply, type Route } from './call.mts';
import { ApiError, brokenXml, errorXml, unparsableArgument } from './errors.mts';
import { type FaultEffect, faultResponse, replacesResponse } from './faults.mts';

/** A call of the API, whether it came over a socket or not. */
export interface SiteRequest {
	method: string;
	/** Whole address of the call. */
	url: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

export interface SiteResponse {
	status: number;
	headers: Record<string, string>;
	body: string | Buffer;
}

/** A fault that lets the caller wait, or breaks the connection. */
export type NoResponse = Pick<FaultEffect, 'hang' | 'reset'>;

interface Came extends SiteRequest {
	query: URLSearchParams;
	params: Record<string, string>;
	writesBefore: number;
}

const BASE = '/@api/deki';
const XML = { 'Content-Type': 'application/xml; charset=utf-8' };

/** Finds who handles a call, and what its path says. */
export type FindHandler = (method: string, path: string) => [Handler, Record<string, string>];

export function handlersOf(routes: Route[]): FindHandler {
	const known = routes.map(([method, path, handler]) => {
		const fits: MatchFunction<Record<string, string>> = match(path);
		return { method: method.toUpperCase(), fits, handler };
	});
	return (method, path) => {
		for (const route of known) {
			const found = route.method === method && route.fits(path);
			if (found) return [route.handler, { ...found.params }];
		}
		return [noSuchCall, {}];
	};
}

/** Not 404, which for the nodes can mean that there is nothing: a call without a route fails its test. */
const noSuchCall: Handler = () => {
	throw new ApiError(501, 'Not simulated');
};

/** Who calls, faults, the work, the record of calls. Who sends the response lowers `openCalls` again. */
export async function answer(simulator: Simulator, request: SiteRequest): Promise<SiteResponse | NoResponse> {
	const { pathname, searchParams: query } = new URL(request.url);
	const record = recordCall(simulator, request, pathname, query);
	const writesBefore = simulator.site.writes;
	const effect = simulator.faults.next(request.method, pathname);
	if (effect?.delayMs) await pause(effect.delayMs, simulator.closing.signal);
	const isFailing = effect !== undefined && replacesResponse(effect);
	if (isFailing && !effect.applyThenFail) return failed(effect, request, record);
	const done = run(simulator, { ...request, query, params: {}, writesBefore }, pathname, record);
	return isFailing ? failed(effect, request, record) : succeeded(done, effect, record);
}

function succeeded(
	{ status, text, raw, location }: Done,
	effect: FaultEffect | undefined,
	record: ApiCall,
): SiteResponse {
	record.status = status;
	const more = { ...(location ? { location } : {}), ...effect?.headers };
	if (raw) return { status, headers: { ...more, 'Content-Type': raw.type }, body: raw.body };
	const body = effect?.without === undefined ? text : withoutPart(text, effect.without);
	return { status, headers: { ...(body === '' ? {} : XML), ...more }, body };
}

function failed(effect: FaultEffect, { url }: SiteRequest, record: ApiCall): SiteResponse | NoResponse {
	if (effect.hang || effect.reset) return effect;
	const said = effect.echo ? { ...effect, message: echoOf(record) } : effect;
	const { status, contentType, text } = faultResponse(said, url);
	record.status = status;
	const headers: Record<string, string> = { ...effect.headers };
	if (contentType) headers['Content-Type'] ??= contentType;
	return { status, headers, body: text };
}

function recordCall(
	simulator: Simulator,
	{ method, headers, body }: SiteRequest,
	path: string,
	query: URLSearchParams,
): ApiCall {
	const { authenticate, ...rest } = Object.fromEntries(query);
	const record: ApiCall = {
		...{ method, path, query: rest },
		isAuthenticated: authenticate === 'true',
		status: null,
		body: body.toString(),
		token: String(headers['x-deki-token'] ?? headers.authorization ?? ''),
		user: '',
		at: new Date(),
		atOnce: ++simulator.openCalls,
	};
	simulator.apiCalls.push(record);
	return record;
}

type Done = Omit<Reply, 'data'> & { text: string };

/** Every refusal becomes an error document: see docs/vendor-facts.md#error-bodies. */
function run(simulator: Simulator, came: Came, path: string, record: ApiCall): Done {
	const { backend, handlers } = simulator;
	try {
		const [handler, params] = handlers(came.method, path.slice(BASE.length));
		const call = callFrom(simulator, { ...came, params });
		record.user = call.user.username;
		const { data, ...reply } = handler(call, backend);
		return { ...reply, text: data ? buildXml(data) : '' };
	} catch (error) {
		// Of a path that cannot be decoded.
		if (error instanceof URIError) error = new ApiError(400, error.message);
		if (!(error instanceof ApiError)) {
			return { status: 500, text: brokenXml((error as Error).message) };
		}
		const { status, message, resource, args } = error;
		const facts = { status, message, resource, args, uri: came.url };
		return { status, text: errorXml(facts, backend.settings.errorStyle) };
	}
}

/** Whether a caller who is known, or not, gets 401 for `authenticate=true`. */
function isRefused(query: URLSearchParams, settings: Settings, isKnown: boolean): boolean {
	const { authenticateParameter } = settings;
	if (query.get('authenticate') !== 'true') return false;
	if (authenticateParameter === 'invalid') throw unparsableArgument('authenticate');
	return authenticateParameter === 'refused' || (authenticateParameter === 'heeded' && !isKnown);
}

function callFrom({ tokens, settings }: Simulator, { headers, body, ...came }: Came): Call {
	const user = tokens.callerOf(headers);
	if (!user || isRefused(came.query, settings, !user.anonymous)) {
		throw new ApiError(401, 'Authentication failed');
	}
	const contentType = headers['content-type'] ?? '';
	return new Call({ user, settings, contentType, bytes: body, ...came });
}

function echoOf({ token, body }: ApiCall): string {
	const said = `Cannot take ${body.replace(/<[^>]+>/g, ' ')} from ${token}`;
	return said.replace(/(Bearer|Basic) /g, '');
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
	await delay(ms, undefined, { signal: closing }).catch(() => {});
}

/** `Date` of responses. */
export function siteDate(settings: Settings): Record<string, string> {
	return { Date: siteNow(settings).toUTCString() };
}
