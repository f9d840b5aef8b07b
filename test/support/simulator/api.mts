import express, {
	type ErrorRequestHandler,
	type Request,
	type Response,
	type Router,
} from 'express';
import { setTimeout as delay } from 'node:timers/promises';
import { run, uriOf, type ApiCall, type ApiParts } from './api-run.mts';
import type { Handler } from './call.mts';
import { ApiError, errorXml } from './errors.mts';
import { faultResponse, replacesResponse, type FaultEffect } from './faults.mts';
import { xmlToJson } from './xml.mts';

/** The HTTP side of the API: who calls, faults, XML or JSON out, the record of calls. */
export function apiRouter(parts: ApiParts): Router {
	const router = express.Router();
	router.use(express.raw({ type: () => true, limit: '20mb' }));
	for (const [method, path, handler] of parts.routes) {
		router[method](path, (request, response) => respond(parts, request, response, handler));
	}
	router.use((request, response) => respond(parts, request, response, noSuchCall));
	router.use(brokenCall(parts));
	return router;
}

/** What express itself refuses: a path that can't be decoded, a body that is too large. */
function brokenCall(parts: ApiParts): ErrorRequestHandler {
	return (error: Error & { status?: number }, request, response, _next) => {
		const { status = 500, message } = error;
		const uri = uriOf(request);
		const text = errorXml({ status, message, uri }, parts.settings.errorStyle);
		send(response.status(status), text, false);
	};
}

const noSuchCall: Handler = () => {
	throw new ApiError(404, 'No such feature');
};

async function respond(
	parts: ApiParts,
	request: Request,
	response: Response,
	handler: Handler,
): Promise<void> {
	const { pathname, searchParams } = new URL(request.originalUrl, 'http://site.example');
	const record = recordCall(parts, request, pathname, searchParams);
	const effect = parts.faults.next(request.method, pathname);
	if (effect?.delayMs) await pause(effect.delayMs, parts.closing);
	const failing = effect !== undefined && replacesResponse(effect);
	const work = () => run(parts, request, searchParams, handler, record);
	if (failing && !effect.applyThenFail) return fail(effect, request, response, record);
	const { status, text, raw, location } = work();
	if (failing) return fail(effect, request, response, record);
	record.status = status;
	response.status(status).set({ ...(location ? { location } : {}), ...effect?.headers });
	// Past express, which would add a charset to the type.
	if (raw) response.setHeader('Content-Type', raw.type).end(raw.body);
	else send(response, text, searchParams.get('dream.out.format') === 'json');
}

function recordCall(
	parts: ApiParts,
	request: Request,
	path: string,
	query: URLSearchParams,
): ApiCall {
	const record: ApiCall = {
		method: request.method,
		path,
		query: Object.fromEntries(query),
		status: null,
		body: Buffer.isBuffer(request.body) ? request.body.toString() : '',
		token: String(request.headers['x-deki-token'] ?? request.headers.authorization ?? ''),
		user: '',
		at: new Date(),
	};
	parts.calls.push(record);
	return record;
}

function send(response: Response, text: string, json: boolean): void {
	if (text === '') response.end();
	else if (json)
		response.type('application/json; charset=utf-8').end(JSON.stringify(xmlToJson(text)));
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
