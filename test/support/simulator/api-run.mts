import type { Request } from 'express';
import { callerOf } from './auth.mts';
import { decodeBody, type Call, type Handler, type Reply, type Route } from './call.mts';
import { ApiError, errorXml } from './errors.mts';
import type { Faults } from './faults.mts';
import type { Settings } from './settings.mts';
import type { User, Users } from './users.mts';
import { buildXml } from './xml.mts';

/** One API request as tests see it. */
export interface ApiCall {
	method: string;
	/** As it was sent, still encoded, without the query. */
	path: string;
	query: Record<string, string>;
	/** Null while there is no response, or when the connection was broken instead. */
	status: number | null;
	body: string;
	/** Value of X-Deki-Token or Authorization, as it was sent. */
	token: string;
	user: string;
	at: Date;
}

export interface ApiParts {
	settings: Settings;
	users: Users;
	jwts: ReadonlyMap<string, User>;
	faults: Faults;
	calls: ApiCall[];
	routes: Route[];
	/** Ends when the simulator closes; a slowed-down call must not outlive it. */
	closing: AbortSignal;
}

/** What a handler gave, ready to be sent. */
export interface ApiResponse {
	status: number;
	text: string;
	raw?: Reply['raw'];
	location?: string;
}

/**
 * Runs the handler; every refusal becomes an error document: see docs/vendor-facts.md#error-bodies.
 */
export function run(
	parts: ApiParts,
	request: Request,
	query: URLSearchParams,
	handler: Handler,
	record: ApiCall,
): ApiResponse {
	const { settings } = parts;
	try {
		const call = callFrom(parts, request, query);
		record.user = call.user.username;
		const { status, data, raw, location }: Reply = handler(call);
		return { status, raw, location, text: data ? buildXml(data) : '' };
	} catch (error) {
		const known = error instanceof ApiError ? error : new ApiError(500, (error as Error).message);
		const { status, message, resource, args } = known;
		const facts = { status, message, resource, args, uri: uriOf(request) };
		return { status, text: errorXml(facts, settings.errorStyle) };
	}
}

function callFrom(parts: ApiParts, request: Request, query: URLSearchParams): Call {
	const { settings, users, jwts } = parts;
	// The framework refuses JSON input before it looks at the call: see
	// docs/vendor-facts.md#xml-and-json.
	if (/^jsonp?$/i.test(query.get('dream.in.format') ?? '')) {
		throw new ApiError(501, 'json(p) input format not supported');
	}
	const user = callerOf(request.headers, users, jwts, settings);
	if (!user) throw new ApiError(401, 'Authentication failed');
	const contentType = request.headers['content-type'] ?? '';
	const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
	const text = decodeBody(body, contentType, settings.asciiWithoutCharset);
	const params = request.params as Record<string, string>;
	const etag = request.get('etag');
	return { user, params, query, contentType, etag, text, bytes: body };
}

export const uriOf = (request: Request) => `http://${request.headers.host}${request.originalUrl}`;
