import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import type { Simulator } from '../simulator.mts';
import { answer, type NoResponse, type SiteResponse } from './answer.mts';
import { errorXml } from './errors.mts';

/** The API over sockets. */
export function apiRouter(simulator: Simulator): Router {
	const router = express.Router();
	router.use(express.raw({ type: () => true, limit: '20mb' }));
	router.use(async (request, response) => {
		response.once('close', () => simulator.openCalls--);
		const { method, headers } = request;
		const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
		const said = await answer(simulator, { method, url: uriOf(request), headers, body });
		if ('status' in said) send(response, said);
		else leave(request, said);
	});
	router.use(brokenCall(simulator));
	return router;
}

/** Express's own refusals, of a body that is too large. */
function brokenCall({ backend }: Simulator): ErrorRequestHandler {
	return (error: Error & { status?: number }, request, response, _next) => {
		const { status = 500, message } = error;
		const facts = { status, message, uri: uriOf(request) };
		const body = errorXml(facts, backend.settings.errorStyle);
		response.status(status).type('application/xml; charset=utf-8').end(body);
	};
}

const uriOf = (request: Request) => `http://${request.headers.host}${request.originalUrl}`;

/** Past express, which would add a charset to the type. */
function send(response: Response, { status, headers, body }: SiteResponse): void {
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	response.status(status).end(body);
}

function leave(request: Request, { hang, reset }: NoResponse): void {
	if (typeof hang === 'function') hang(request);
	else if (reset) request.socket.destroy();
}
