import { sleep, type IHttpRequestMethods } from 'n8n-workflow';

import {
	type ApiFailure,
	networkMessage,
	siteMessage,
	type StatusMessages,
} from '../shared/failure-messages';
import { MAX_DOCUMENT_CHARS, readXml, type XmlDocument } from './xml';

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
	 * a file is not looked into.
	 */
	answer?: 'xml' | 'text' | 'file';
	/** What a status means for this call, where the general messages does not fit. */
	messages?: StatusMessages;
	/** What the call is for, to finish the sentence "while n8n tried to …". */
	doing: string;
	/** Asked before a call is repeated whose work must not be done twice. */
	mayRepeat?: () => Promise<boolean>;
}

/** An HTTP answer as it came: status 0 means that there was none, `networkCode` says why. */
export interface HttpResponse {
	status: number;
	headers: Record<string, unknown>;
	body: string;
	/** The body as it came, when a file was asked for. */
	bytes?: Buffer;
	networkCode?: string;
}

/** Sends one HTTP request with the credential's authentication. Never throws. */
export type Send = (call: ApiCall, timeout: number) => Promise<HttpResponse>;

/**
 * `document` is absent when a successful answer had no body, is plain text or a file, `answer` when
 * none was needed.
 */
export type ApiResult =
	| { ok: true; status: number; document?: XmlDocument; answer?: HttpResponse }
	| { ok: false; failure: ApiFailure; doing: string; messages?: StatusMessages };

export interface ApiClient {
	call(call: ApiCall): Promise<ApiResult>;
	/** Whether a call was sent that may have changed something at the site. */
	mayHaveWritten: boolean;
}

/** What one call may take. */
export interface Limits {
	/** Ms until a call is given up. */
	timeoutMs: number;
	/** Characters of the longest answer that is read. */
	maxDocumentChars: number;
}

/** Publishing has 84 s in n8n, a user should see our message before; its answers are short. */
const SHORT_CALLS: Limits = { timeoutMs: 5_000, maxDocumentChars: MAX_DOCUMENT_CHARS };
/** Times that one call is tried when the site answers 429 or 503. */
const MAX_ATTEMPTS = 4;
/** Longest pause that is made because the site asked for it, in ms. */
const MAX_PAUSE_MS = 10_000;

/**
 * The Expert API over one way to send, with an end: all calls together take at most `time` ms.
 *
 * The answers 429 and 503 are tried again after the time that `Retry-After` names; nothing else is,
 * because the work may have been done although the answer was lost.
 *
 * @param secrets what must not be shown when the site repeats it
 */
export function createClient(
	send: Send,
	time: number,
	secrets: string[],
	limits = SHORT_CALLS,
): ApiClient {
	// The monotonic clock: a wall clock that is set would end the calls, or never.
	const end = performance.now() + time;
	return {
		mayHaveWritten: false,
		async call(call) {
			for (let attempt = 1; ; attempt++) {
				const left = end - performance.now();
				if (left <= 0) return failed(call, { kind: 'gave up' });
				if (call.method !== 'GET') this.mayHaveWritten = true;
				const answer = await send(call, Math.min(limits.timeoutMs, left));
				const pause = pauseBeforeRetry(answer, attempt);
				const read = () => readAnswer(answer, call, secrets, limits.maxDocumentChars);
				if (pause === undefined || performance.now() + pause >= end) return read();
				await sleep(pause);
				if (call.mayRepeat !== undefined && !(await call.mayRepeat())) return read();
			}
		},
	};
}

function pauseBeforeRetry(answer: HttpResponse, attempt: number): number | undefined {
	if ((answer.status !== 429 && answer.status !== 503) || attempt >= MAX_ATTEMPTS) return undefined;
	const asked = retryAfter(answer.headers['retry-after']);
	const pause = asked ?? 250 * 2 ** attempt;
	return pause > MAX_PAUSE_MS ? undefined : pause;
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(header: unknown): number | undefined {
	const text = typeof header === 'string' ? header.trim() : '';
	if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function readAnswer(
	answer: HttpResponse,
	call: ApiCall,
	secrets: string[],
	longest: number,
): ApiResult {
	const { status, body } = answer;
	const failure = failureOf(answer, secrets);
	if (failure !== undefined) return failed(call, failure);
	if (call.answer === 'file') return { ok: true, status, answer };
	if (call.answer === 'text' && isPlainText(answer)) return { ok: true, status, answer };
	if (body.trim() === '') return { ok: true, status, answer };
	const read = readXml(body, longest);
	if (read.ok && read.document.name !== 'html') {
		return { ok: true, status, document: read.document, answer };
	}
	return failed(call, { kind: looksLikeHtml(answer) ? 'web page' : 'unexpected', status });
}

function failed({ doing, messages }: ApiCall, failure: ApiFailure): ApiResult {
	return { ok: false, failure, doing, ...(messages === undefined ? {} : { messages }) };
}

function failureOf(answer: HttpResponse, secrets: string[]): ApiFailure | undefined {
	const { status } = answer;
	if (status === 0) return networkFailure(answer.networkCode);
	if (status >= 200 && status < 300) return undefined;
	if (status >= 300 && status < 400) {
		const { location } = answer.headers;
		return { kind: 'redirect', status, ...(typeof location === 'string' ? { location } : {}) };
	}
	if (looksLikeHtml(answer)) return { kind: status === 404 ? 'web page' : 'refused', status };
	const said = siteMessage(answer.body, secrets);
	return {
		kind: 'refused',
		status,
		...(said === undefined ? {} : { detail: `The site said: ${said}` }),
	};
}

function networkFailure(code = ''): ApiFailure {
	if (code === 'EBADSITE') return { kind: 'bad site' };
	if (code === 'EHTTPSITE') return { kind: 'insecure site' };
	if (/ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT/.test(code)) return { kind: 'no answer' };
	const detail = networkMessage(code);
	return { kind: 'not reachable', ...(detail === undefined ? {} : { detail }) };
}

/** Nothing of the vendor says that text ever comes without XML around it, nor that it does not. */
export function isPlainText(answer: HttpResponse): boolean {
	return /^text\/plain\b/i.test(String(answer.headers['content-type'] ?? ''));
}

function looksLikeHtml(answer: HttpResponse): boolean {
	const type = String(answer.headers['content-type'] ?? '');
	return /html/i.test(type) || /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html)/i.test(answer.body);
}
