import { sleep, type IHttpRequestMethods } from 'n8n-workflow';

import type { ApiFailure } from './failure';
import { failed, type Result, success } from './result';
import { siteMessage } from './site-message';
import { MAX_DOCUMENT_CHARS, MAX_RESPONSE_CHARS, readXml, type XmlDocument } from './xml';

/** One call of the Expert API. `path` follows `/@api/deki` and is encoded already. */
export interface ApiCall {
	method: IHttpRequestMethods;
	path: string;
	query?: Record<string, string | number | boolean>;
	/** An XML document, unless `contentType` says something else. */
	body?: string | Buffer;
	contentType?: string;
	/**
	 * What a success holds: an XML document unless said otherwise; `text` may also come as plain text,
	 * a file is not parsed.
	 */
	expects?: 'xml' | 'text' | 'file';
	/** Ms until this call is given up, where others of the client may take longer. */
	timeoutMs?: number;
	/** Bytes of the longest document that is read; the rest of a longer one is not downloaded. */
	maxBytes?: number;
	/** Asked before a retry of a call whose work must not be done twice. */
	mayRepeat?: () => Promise<boolean>;
}

/** An HTTP response as it came: status 0 means that there was none, `networkCode` says why. */
export interface HttpResponse {
	status: number;
	headers: Record<string, unknown>;
	body: string;
	/** The body as it came, when a file was asked for. */
	bytes?: Buffer;
	/** The body was longer than the call allows, and was not read. */
	isTooLarge?: boolean;
	networkCode?: string;
}

/** Sends one HTTP request with the credential's authentication. Never throws. */
export type Send = (call: ApiCall, timeoutMs: number) => Promise<HttpResponse>;

/** A response of 2xx. `document` is absent when it had no body, is plain text or a file. */
export interface ApiResponse {
	status: number;
	headers: HttpResponse['headers'];
	body: string;
	bytes?: Buffer;
	document?: XmlDocument;
}

export interface ApiClient {
	call(call: ApiCall): Promise<Result<ApiResponse>>;
	/** Whether a call was sent that may have changed something at the site. */
	mayHaveWritten: boolean;
}

/** What one call may take. */
export interface Limits {
	/** Ms until a call is given up. */
	timeoutMs: number;
	/** Characters of the longest response that is parsed. */
	maxDocumentChars: number;
}

/** Publishing has 84 s in n8n, a user should see our message before; its responses are short. */
const SHORT_CALLS: Limits = { timeoutMs: 5_000, maxDocumentChars: MAX_DOCUMENT_CHARS };
/** Pages and files can be large, and no delivery waits for them. */
export const LARGE_RESPONSES: Limits = {
	timeoutMs: 60_000,
	maxDocumentChars: MAX_RESPONSE_CHARS,
};
/** Attempts of one call when the site responds 429 or 503. */
const MAX_ATTEMPTS = 4;
/** Longest pause that the site may ask for. */
const MAX_PAUSE_MS = 10_000;

/**
 * API client with a time budget shared by all of its calls.
 *
 * 429 and 503 are retried after the time that `Retry-After` names; nothing else is, because the work
 * may have been done although the response was lost.
 *
 * @param secrets what must not be shown when the site repeats it
 */
export function createClient(
	send: Send,
	budgetMs: number,
	secrets: string[],
	limits = SHORT_CALLS,
): ApiClient {
	// The monotonic clock: a wall clock that is set would end the calls, or never.
	const end = performance.now() + budgetMs;
	return {
		mayHaveWritten: false,
		async call(call) {
			for (let attempt = 1; ; attempt++) {
				const leftMs = end - performance.now();
				if (leftMs <= 0) return failed({ kind: 'budget-exceeded' });
				if (call.method !== 'GET') this.mayHaveWritten = true;
				const { timeoutMs = limits.timeoutMs } = call;
				const response = await send(call, Math.min(timeoutMs, leftMs));
				const pauseMs = pauseBeforeRetry(response, attempt);
				const read = () => readResponse(response, call, secrets, limits.maxDocumentChars);
				if (pauseMs === undefined || performance.now() + pauseMs >= end) return read();
				await sleep(pauseMs);
				if (call.mayRepeat !== undefined && !(await call.mayRepeat())) return read();
			}
		},
	};
}

function pauseBeforeRetry(response: HttpResponse, attempt: number): number | undefined {
	const isBusy = response.status === 429 || response.status === 503;
	if (!isBusy || attempt >= MAX_ATTEMPTS) return undefined;
	const pauseMs = retryAfterMsOf(response.headers['retry-after']) ?? 250 * 2 ** attempt;
	return pauseMs > MAX_PAUSE_MS ? undefined : pauseMs;
}

/** For how long the site, or a firewall before it, wants to be left alone. */
function retryAfter({ status, headers }: HttpResponse): Pick<ApiFailure, 'retryAfterMs'> {
	const isBusy = status === 429 || status === 503;
	const retryAfterMs = isBusy ? retryAfterMsOf(headers['retry-after']) : undefined;
	return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMsOf(header: unknown): number | undefined {
	const text = typeof header === 'string' ? header.trim() : '';
	if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function readResponse(
	response: HttpResponse,
	{ expects, maxBytes = Infinity }: ApiCall,
	secrets: string[],
	maxChars: number,
): Result<ApiResponse> {
	const failure = failureOf(response, secrets);
	if (failure !== undefined) return failed(failure);
	const { status, body, isTooLarge } = response;
	if (isTooLarge) return failed({ kind: 'too-large', status });
	const isOpaque = expects === 'file' || (expects === 'text' && isPlainText(response));
	if (isOpaque || body.trim() === '') return success(response);
	if (body.length > Math.min(maxChars, maxBytes)) return failed({ kind: 'too-large', status });
	const read = readXml(body, maxChars);
	if (read.ok && read.value.name !== 'html') return success({ ...response, document: read.value });
	const kind = looksLikeHtml(response) ? 'html' : 'unexpected';
	return failed({ kind, status });
}

function failureOf(response: HttpResponse, secrets: string[]): ApiFailure | undefined {
	const { status } = response;
	if (status === 0) return networkFailure(response.networkCode);
	if (status >= 200 && status < 300) return undefined;
	if (status >= 300 && status < 400) {
		const { location } = response.headers;
		return { kind: 'redirect', status, ...(typeof location === 'string' ? { location } : {}) };
	}
	if (looksLikeHtml(response)) {
		const kind = status === 404 ? 'html' : 'http-status';
		return { kind, status, isWebPage: true, ...retryAfter(response) };
	}
	const message = siteMessage(response.body, secrets);
	return {
		kind: 'http-status',
		status,
		...retryAfter(response),
		...(message === undefined ? {} : { siteMessage: message }),
	};
}

function networkFailure(networkCode = ''): ApiFailure {
	if (networkCode === 'EBADSITE') return { kind: 'bad-site' };
	if (networkCode === 'EHTTPSITE') return { kind: 'insecure-site' };
	if (/ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT/.test(networkCode)) return { kind: 'timeout' };
	return { kind: 'unreachable', ...(networkCode === '' ? {} : { networkCode }) };
}

/** Nothing of the vendor says that text ever comes without XML around it, nor that it does not. */
export function isPlainText(response: Pick<HttpResponse, 'headers'>): boolean {
	return /^text\/plain\b/i.test(String(response.headers['content-type'] ?? ''));
}

function looksLikeHtml(response: HttpResponse): boolean {
	const type = String(response.headers['content-type'] ?? '');
	return /html/i.test(type) || /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html)/i.test(response.body);
}
