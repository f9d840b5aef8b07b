import express, {
	type ErrorRequestHandler,
	type Request,
	type Response,
	type Router,
} from 'express';
import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '../settings.mts';
import type { Simulator } from '../simulator.mts';
import { buildXml, withoutPart } from '../xml.mts';
import { type ApiCall, Call, type Handler, type Reply, type Route } from './call.mts';
import { ApiError, brokenXml, errorXml, unparsableArgument } from './errors.mts';
import { type FaultEffect, faultResponse, replacesResponse } from './faults.mts';

/** The HTTP side of the API: who calls, faults, XML or JSON out, the record of calls. */
export function apiRouter(simulator: Simulator, routes: Route[]): Router {
	const router = express.Router();
	router.use(express.raw({ type: () => true, limit: '20mb' }));
	for (const [method, path, handler] of routes) {
		router[method](path, (request, response) => respond(simulator, request, response, handler));
	}
	router.use((request, response) => respond(simulator, request, response, noSuchCall));
	router.use(brokenCall(simulator));
	return router;
}

/** Express's own refusals: a path that cannot be decoded, a body that is too large. */
function brokenCall({ backend }: Simulator): ErrorRequestHandler {
	return (error: Error & { status?: number }, request, response, _next) => {
		const { status = 500, message } = error;
		const facts = { status, message, uri: uriOf(request) };
		send(response.status(status), errorXml(facts, backend.settings.errorStyle));
	};
}

/** Not 404, which for the nodes can mean that there is nothing: a call without a route fails its test. */
const noSuchCall: Handler = () => {
	throw new ApiError(501, 'Not simulated');
};

async function respond(
	simulator: Simulator,
	request: Request,
	response: Response,
	handler: Handler,
): Promise<void> {
	const { pathname, searchParams } = new URL(request.originalUrl, 'http://site.example');
	const record = recordCall(simulator, request, pathname, searchParams);
	const writesBefore = simulator.site.writes;
	response.once('close', () => simulator.openCalls--);
	const effect = simulator.faults.next(request.method, pathname);
	if (effect?.delayMs) await pause(effect.delayMs, simulator.closing.signal);
	const isFailing = effect !== undefined && replacesResponse(effect);
	const work = () =>
		run(simulator, { request, query: searchParams, writesBefore }, handler, record);
	if (isFailing && !effect.applyThenFail) return fail(effect, request, response, record);
	const { status, text, raw, location } = work();
	if (isFailing) return fail(effect, request, response, record);
	record.status = status;
	response.status(status).set({ ...(location ? { location } : {}), ...effect?.headers });
	// Past express, which would add a charset to the type.
	if (raw) response.setHeader('Content-Type', raw.type).end(raw.body);
	else send(response, effect?.without === undefined ? text : withoutPart(text, effect.without));
}

function recordCall(
	simulator: Simulator,
	request: Request,
	path: string,
	query: URLSearchParams,
): ApiCall {
	const { authenticate, ...rest } = Object.fromEntries(query);
	const record: ApiCall = {
		method: request.method,
		path,
		query: rest,
		isAuthenticated: authenticate === 'true',
		status: null,
		body: Buffer.isBuffer(request.body) ? request.body.toString() : '',
		token: String(request.headers['x-deki-token'] ?? request.headers.authorization ?? ''),
		user: '',
		at: new Date(),
		atOnce: ++simulator.openCalls,
	};
	simulator.apiCalls.push(record);
	return record;
}

/** Every refusal becomes an error document: see docs/vendor-facts.md#error-bodies. */
function run(
	simulator: Simulator,
	came: Came,
	handler: Handler,
	record: ApiCall,
): Omit<Reply, 'data'> & { text: string } {
	const { backend } = simulator;
	try {
		const call = callFrom(simulator, came);
		record.user = call.user.username;
		const { data, ...reply } = handler(call, backend);
		return { ...reply, text: data ? buildXml(data) : '' };
	} catch (error) {
		if (!(error instanceof ApiError)) {
			return { status: 500, text: brokenXml((error as Error).message) };
		}
		const { status, message, resource, args } = error;
		const facts = { status, message, resource, args, uri: uriOf(came.request) };
		return { status, text: errorXml(facts, backend.settings.errorStyle) };
	}
}

interface Came {
	request: Request;
	query: URLSearchParams;
	writesBefore: number;
}

/** Whether a caller who is known, or not, gets 401 for `authenticate=true`. */
function isRefused(query: URLSearchParams, settings: Settings, isKnown: boolean): boolean {
	const { authenticateParameter } = settings;
	if (query.get('authenticate') !== 'true') return false;
	if (authenticateParameter === 'invalid') throw unparsableArgument('authenticate');
	return authenticateParameter === 'refused' || (authenticateParameter === 'heeded' && !isKnown);
}

function callFrom({ tokens, settings }: Simulator, { request, ...came }: Came): Call {
	const user = tokens.callerOf(request.headers);
	if (!user || isRefused(came.query, settings, !user.anonymous)) {
		throw new ApiError(401, 'Authentication failed');
	}
	const contentType = request.headers['content-type'] ?? '';
	const bytes: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
	const params = request.params as Record<string, string>;
	return new Call({ user, settings, params, contentType, bytes, ...came });
}

const uriOf = (request: Request) => `http://${request.headers.host}${request.originalUrl}`;

function send(response: Response, text: string): void {
	if (text === '') response.end();
	else response.type('application/xml; charset=utf-8').end(text);
}

function fail(effect: FaultEffect, request: Request, response: Response, record: ApiCall): void {
	if (effect.hang) {
		if (typeof effect.hang === 'function') effect.hang(request);
		return;
	}
	if (effect.reset) {
		request.socket.destroy();
		return;
	}
	const said = effect.echo ? { ...effect, message: echoOf(record) } : effect;
	const { status, contentType, text } = faultResponse(said, uriOf(request));
	record.status = status;
	response.status(status);
	if (contentType) response.set('Content-Type', contentType);
	response.set(effect.headers ?? {}).end(text);
}

function echoOf({ token, body }: ApiCall): string {
	const said = `Cannot take ${body.replace(/<[^>]+>/g, ' ')} from ${token}`;
	return said.replace(/(Bearer|Basic) /g, '');
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
	await delay(ms, undefined, { signal: closing }).catch(() => {});
}
