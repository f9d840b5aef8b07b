import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { MINUTE_MS } from '../durations';
import { beforeDeadline } from './deadline';
import { cacheInMemory } from '../memory';
import { accessKey, authenticationHeaders, type ExpertCredential, lacksUser } from './credential';
import { credentialRefusal, NO_USER } from './expert-error';
import { type ApiCall, ExpertClient, type HttpResponse, type Semaphore, type Limits, type Send } from './client';
import { secretsOf } from './redact';
import { siteOrigin, usableOrigin } from './site-url';
import { explainRefusal } from './token-check';

/** Files may take longer than documents, as long as bytes keep arriving. */
export const FILE_LIMIT_MS = 30 * MINUTE_MS;

/** Bytes to read of an error response to a file request. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

type CallContext =
	| IHookFunctions
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IPollFunctions
	| ITriggerFunctions
	| IWebhookFunctions;

export interface ClientOptions {
	/** Budget of all calls together; unlimited by default. */
	budgetMs?: number;
	limits?: Limits;
	/** The deliveries' `Authorization` value, redacted when the site repeats it. */
	authorization?: string | undefined;
	/** Called before each request; throws to stop sending. */
	beforeEach?: () => void;
	semaphore?: Semaphore;
}

export function connect(
	n8n: CallContext | ICredentialTestFunctions,
	credential: ExpertCredential,
	{ budgetMs, limits, authorization, beforeEach, semaphore }: ClientOptions = {},
): ExpertClient {
	const isNode = 'httpRequestWithAuthentication' in n8n.helpers;
	const send = isNode
		? sendFromNode(n8n as CallContext, credential)
		: sendFromCredentialTest(n8n as ICredentialTestFunctions, credential);
	const sendIfWanted: Send = async (...request) => {
		beforeEach?.();
		return await send(...request);
	};
	const secrets = secretsOf(credential, authorization);
	return new ExpertClient(sendIfWanted, secrets, {
		budgetMs,
		limits,
		semaphore,
		explainRefusal: async (api, refused) => await explainRefusal(api, refused, credential),
		onFallback: () => reportFallback(n8n, credential),
	});
}

/** Sites and tokens whose fallback is logged. */
const reported = cacheInMemory<true>();

function reportFallback({ logger }: Pick<CallContext, 'logger'>, credential: ExpertCredential): void {
	const key = accessKey(credential);
	if (reported.get(key)) return;
	reported.set(key, true);
	logger.warn(
		`CXone Expert: ${siteOrigin(credential.siteUrl)} refuses calls with "authenticate=true", so they are made without it. A token that expires while a workflow runs then finds less, and nothing says so.`,
	);
}

function sendFromNode(context: CallContext, credential: ExpertCredential): Send {
	return async (call, timeout, authenticate) => {
		const request: IHttpRequestOptions = {
			url: apiUrl(credential, call, authenticate),
			method: call.method,
			headers: contentHeaders(call),
			...(call.body === undefined ? {} : { body: call.body }),
			timeout,
			encoding: encodingOf(call),
			...AS_IT_COMES,
		};
		const send = context.helpers.httpRequestWithAuthentication;
		const more = { credentialsDecrypted: decrypted(credential) };
		return await inTime(carriesFile(call) ? FILE_LIMIT_MS : timeout, async (abortSignal) => {
			const sent = { ...request, abortSignal };
			const response = (await send.call(context, 'cxoneExpertApi', sent, more)) as IDataObject;
			const { maxBytes } = call;
			return maxBytes === undefined ? response : await readUpTo(maxBytes, response);
		});
	};
}

/** Gives each response whole. A token must never follow a redirect to another host. */
const AS_IT_COMES = {
	json: false,
	returnFullResponse: true,
	ignoreHttpStatusErrors: true,
	disableFollowRedirect: true,
} satisfies Partial<IHttpRequestOptions>;

/** Passes on the credential of this item: n8n would read that of the first one again. */
function decrypted(credential: ExpertCredential): ICredentialsDecrypted {
	return { id: '', name: '', type: 'cxoneExpertApi', data: { ...credential } };
}

function encodingOf({ expects, maxBytes }: ApiCall): 'arraybuffer' | 'stream' | 'text' {
	if (expects === 'file') return 'arraybuffer';
	return maxBytes === undefined ? 'text' : 'stream';
}

/** Reads a streamed body. Leaving the loop closes the connection. */
async function readUpTo(maxBytes: number, response: IDataObject): Promise<IDataObject> {
	const pieces: Buffer[] = [];
	let length = 0;
	for await (const piece of response.body as unknown as AsyncIterable<Buffer>) {
		length += piece.length;
		if (length > maxBytes) return { ...response, body: '', isTooLarge: true };
		pieces.push(piece);
	}
	return { ...response, body: new TextDecoder().decode(Buffer.concat(pieces)) };
}

function carriesFile({ expects, body }: ApiCall): boolean {
	return expects === 'file' || Buffer.isBuffer(body);
}

/**
 * Sends through n8n with a hard limit. n8n's own timeout restarts with each byte, so a site that
 * trickles would block publishing, executions and the watch. Never throws.
 *
 * @param send its signal aborts the request. In executions n8n replaces the signal with its own:
 *   the rest of the response is then still read, but nothing waits for it.
 */
async function inTime(
	timeoutMs: number,
	send: (abortSignal: AbortSignal) => Promise<IDataObject>,
): Promise<HttpResponse> {
	const givenUp = new AbortController();
	const responded = send(givenUp.signal).then(
		({ statusCode, headers, body, isTooLarge }) => ({
			...toResponse(statusCode, headers, body),
			...(isTooLarge === true ? { isTooLarge } : {}),
		}),
		noResponse,
	);
	const response = await beforeDeadline(performance.now() + timeoutMs, responded);
	if (response === undefined) givenUp.abort();
	return response ?? { status: 0, headers: {}, body: '', networkCode: 'ETIMEDOUT' };
}

/** Sends without the credential, follows no redirects (headers may hold secrets), never throws. */
export async function sendAnonymously(
	{ helpers }: IExecuteFunctions,
	request: IHttpRequestOptions & { timeout: number },
	limitMs = request.timeout,
): Promise<HttpResponse> {
	return await inTime(limitMs, async (abortSignal) => {
		return (await helpers.httpRequest({ ...request, ...AS_IT_COMES, abortSignal })) as IDataObject;
	});
}

/** Sends with n8n's older request helper: credential tests have no other. */
function sendFromCredentialTest(context: ICredentialTestFunctions, credential: ExpertCredential): Send {
	return async (call, timeout, authenticate) => {
		const url = apiUrl(credential, call, authenticate);
		return await inTime(timeout, async () => {
			return (await context.helpers.request({
				uri: url,
				method: call.method,
				headers: { ...contentHeaders(call), ...authenticationHeaders(credential, Date.now()) },
				timeout,
				resolveWithFullResponse: true,
				simple: false,
				followRedirect: false,
			})) as IDataObject;
		});
	};
}

/** @throws ExpertError when the Site URL is unusable, or nobody is named to call it as */
function apiUrl(credential: ExpertCredential, call: ApiCall, authenticate: boolean): string {
	const origin = usableOrigin(credential.siteUrl);
	if (lacksUser(credential)) throw credentialRefusal(NO_USER);
	const query = new URLSearchParams(
		Object.entries({ ...call.query, ...(authenticate ? { authenticate } : {}) }).map(
			([name, value]): [string, string] => [name, `${value}`],
		),
	).toString();
	return `${origin}/@api/deki${call.path}${query === '' ? '' : `?${query}`}`;
}

function contentHeaders({ method, contentType, expects }: ApiCall): Record<string, string> {
	// Without the charset, the site turns non-ASCII characters into "?".
	const type = { 'Content-Type': contentType ?? 'application/xml; charset=utf-8' };
	const accept = expects === 'file' ? '*/*' : 'application/xml';
	return { Accept: accept, ...(method === 'GET' ? {} : type) };
}

function toResponse(status: unknown, headers: unknown, body: unknown): HttpResponse {
	const lowerCase = Object.entries((headers ?? {}) as IDataObject).map(
		([name, value]) => [name.toLowerCase(), value] as const,
	);
	const bytes = Buffer.isBuffer(body) ? { body: beginning(body), bytes: body } : undefined;
	return {
		status: Number(status) || 0,
		headers: Object.fromEntries(lowerCase),
		...(bytes ?? { body: typeof body === 'string' ? body : '' }),
	};
}

/** Decodes what error messages need; the text of a whole file would double its memory. */
function beginning(bytes: Buffer): string {
	return bytes.subarray(0, MAX_ERROR_BODY_BYTES).toString('utf8');
}

/** Keeps only the code: the error object holds our request, and so the token. */
function noResponse(error: unknown): HttpResponse {
	return { status: 0, headers: {}, body: '', networkCode: networkCode(error) };
}

function isNetworkCode(text: string): boolean {
	return /^[A-Z_]+$/.test(text) && /^E.|CERT|LEAF_SIGNATURE/.test(text);
}

function networkCode(error: unknown, depth = 0): string {
	if (typeof error !== 'object' || error === null || depth > 4) return '';
	// n8n 2.8 sets only `httpCode`.
	const { code, httpCode, cause, errorResponse, message } = error as Record<string, unknown>;
	const own = [code, httpCode].find((text) => isNetworkCode(String(text)));
	if (own !== undefined) return String(own);
	const inner = networkCode(cause, depth + 1) || networkCode(errorResponse, depth + 1);
	if (inner !== '') return inner;
	return /timeout|timed out/i.test(String(message)) ? 'ETIMEDOUT' : '';
}
