import { sleep, type IHttpRequestMethods } from 'n8n-workflow';

import { MINUTE_MS } from '../durations';
import { isSignedIn, siteTime } from './elements';
import { ExpertError, NO_SUCH_CALL, refusal, type StatusMessages } from './expert-error';
import { redact, secretsOf } from './redact';
import {
	attribute,
	child,
	MAX_DOCUMENT_CHARS,
	MAX_RESPONSE_CHARS,
	hasTooManyTags,
	readXml,
	textOf,
	type XmlDocument,
	type XmlElement,
} from './xml';

/** One call of the Expert API. `path` follows `/@api/deki` and is already encoded. */
export interface ApiCall {
	method: IHttpRequestMethods;
	path: string;
	query?: Record<string, string | number | boolean>;
	/** XML, unless `contentType` says otherwise. */
	body?: string | Buffer;
	contentType?: string;
	/** Completes the sentence "while n8n tried to …". */
	doing: string;
	/** Messages by status, where the general one does not fit. */
	messages?: StatusMessages;
	/** What a success contains. `text` may arrive as plain text; a `file` may be a redirect. */
	expects?: 'xml' | 'text' | 'file';
	/** Overrides the client's limit for this call. */
	timeoutMs?: number;
	/** Longest document to read, in bytes; the rest of a longer one is not downloaded. */
	maxBytes?: number;
	/** Checked before a retry, for calls that must not take effect twice. */
	mayRepeat?: () => Promise<boolean>;
	/** Asks the site who we are if a refusal is unexplained. */
	explainsRefusal?: true;
}

/** An HTTP response as received. Status 0 means no response; `networkCode` says why. */
export interface HttpResponse {
	status: number;
	headers: Record<string, unknown>;
	body: string;
	/** Raw body, when a file was requested. */
	bytes?: Buffer;
	/** The body exceeded the call's limit and was not read. */
	isTooLarge?: boolean;
	networkCode?: string;
}

/**
 * Sends one HTTP request with the credential's authentication. Throws only {@link ExpertError}.
 *
 * @param authenticate whether the site is asked to refuse a bad token
 */
export type Send = (call: ApiCall, timeoutMs: number, authenticate: boolean) => Promise<HttpResponse>;

/** Limits concurrent requests. The timeout of a request starts when its turn comes. */
export type Semaphore = <T>(send: () => Promise<T>) => Promise<T>;

const unqueued: Semaphore = async (send) => await send();

type ExplainRefusal = (api: ApiClient, refused: ExpertError) => Promise<ExpertError>;

const unexplained: ExplainRefusal = async (_api, refused) => refused;

/** A 2xx response. `document` is absent for an empty body, plain text or a file. */
export interface ApiResponse extends Omit<HttpResponse, 'isTooLarge' | 'networkCode'> {
	document?: XmlDocument;
}

export interface ApiClient {
	/** @throws ExpertError for anything but a success */
	call(call: ApiCall): Promise<ApiResponse>;
}

export interface Limits {
	timeoutMs: number;
	maxDocumentChars: number;
}

export const WHO_WE_ARE = {
	method: 'GET',
	path: '/users/current',
	doing: 'check the token',
} as const satisfies ApiCall;

interface ClientSettings {
	budgetMs?: number | undefined;
	limits?: Limits | undefined;
	semaphore?: Semaphore | undefined;
	explainRefusal?: ExplainRefusal;
	/** The site has refused `authenticate=true`. */
	onFallback?: () => void;
}

/** n8n gives publishing 84 s, and users should see our message before that. Responses are short. */
const SHORT_CALLS: Limits = { timeoutMs: 5_000, maxDocumentChars: MAX_DOCUMENT_CHARS };
/** Pages and files can be large, and no delivery waits for them. */
export const LARGE_RESPONSES: Limits = {
	timeoutMs: MINUTE_MS,
	maxDocumentChars: MAX_RESPONSE_CHARS,
};
/** Attempts per call while the site responds 429 or 503. */
const MAX_ATTEMPTS = 4;
/** Longest `Retry-After` we honour. */
const MAX_PAUSE_MS = 10_000;

/**
 * API client with a time budget shared by all of its calls. Retries only 429 and 503: any other
 * call whose response was lost may have taken effect.
 */
export class ExpertClient implements ApiClient {
	hasTriedToWrite = false;
	/** Whether at least one of those calls may have taken effect. */
	mayHaveWritten = false;
	/** Unix ms by the site's clock at the first success: n8n's may be wrong. */
	siteTime: number | undefined;
	/** When the site said so, in ms of the monotonic clock. */
	private siteTimeAt = 0;
	private readonly send: Send;
	private readonly secrets: string[];
	private readonly limits: Limits;
	private readonly semaphore: Semaphore;
	private readonly explainRefusal: ExplainRefusal;
	private readonly onFallback: () => void;
	/** Whether the site takes `authenticate=true`; `undefined` until it has responded to it. */
	private takesAuthenticate: boolean | undefined;
	/** Deadline in ms of the monotonic clock: setting the wall clock must not change it. */
	readonly end: number;

	/** @param secrets to redact when the site repeats them */
	constructor(
		send: Send,
		secrets: string[],
		{
			budgetMs = Infinity,
			limits = SHORT_CALLS,
			semaphore = unqueued,
			explainRefusal = unexplained,
			onFallback = () => {},
		}: ClientSettings = {},
	) {
		this.send = send;
		this.secrets = secrets;
		this.limits = limits;
		this.semaphore = semaphore;
		this.explainRefusal = explainRefusal;
		this.onFallback = onFallback;
		this.end = performance.now() + budgetMs;
	}

	/** Also redacts this `Authorization` value from now on. */
	redactFromNowOn(authorization: string): void {
		this.secrets.push(...secretsOf({}, authorization));
	}

	/** Time of the site, unix ms; n8n's if the site has not said. */
	get siteNow(): number {
		const { siteTime: time, siteTimeAt } = this;
		return time === undefined ? Date.now() : time + performance.now() - siteTimeAt;
	}

	async call(call: ApiCall): Promise<ApiResponse> {
		for (let attempt = 1; ; attempt++) {
			const isWrite = call.method !== 'GET';
			const authenticate = this.takesAuthenticate ?? true;
			const response = await this.semaphore(async () => await this.sendInTime(call, authenticate));
			const error = errorIn(response, call, this.secrets);
			this.hasTriedToWrite ||= isWrite;
			this.mayHaveWritten ||= isWrite && error?.mayHaveBeenDone !== false;
			if (error === undefined) return this.success(response, call);
			if (authenticate && (await this.fallsBack(response))) continue;
			const pauseMs = pauseBeforeRetry(response, attempt);
			if (pauseMs === undefined || performance.now() + pauseMs >= this.end) throw await this.explained(error, call);
			await sleep(pauseMs);
			if (call.mayRepeat !== undefined && !(await call.mayRepeat())) throw error;
		}
	}

	/**
	 * With `authenticate=true` a bad token gets 401, not the responses of Anonymous. A site that refuses the parameter
	 * itself gets calls without it: docs/vendor-facts.md#anonymous-responses.
	 */
	private async fallsBack({ status }: HttpResponse): Promise<boolean> {
		if (status !== 400 && status !== 401) return false;
		if (this.takesAuthenticate === undefined) {
			this.takesAuthenticate = !(await this.refusesAuthenticate(status));
			if (!this.takesAuthenticate) this.onFallback();
		}
		return !this.takesAuthenticate;
	}

	/** Asks the site who we are: after 400, which can be about the call, with the parameter; after 401, without it. */
	private async refusesAuthenticate(refusedWith: number): Promise<boolean> {
		const authenticate = refusedWith === 400;
		const { status, body } = await this.semaphore(async () => await this.sendInTime(WHO_WE_ARE, authenticate));
		if (authenticate) return status === 400;
		const read = readXml(body);
		return typeof read !== 'string' && isSignedIn(read.root);
	}

	private async explained(error: ExpertError, { explainsRefusal }: ApiCall): Promise<ExpertError> {
		const isUnexplained = explainsRefusal && error.isDenied;
		return isUnexplained ? await this.explainRefusal(this, error) : error;
	}

	private async sendInTime(call: ApiCall, authenticate: boolean): Promise<HttpResponse> {
		const leftMs = this.end - performance.now();
		if (leftMs <= 0) throw new ExpertError({ kind: 'budget-exceeded', ...purposeOf(call) });
		const timeoutMs = Math.min(call.timeoutMs ?? this.limits.timeoutMs, leftMs);
		return await this.send(call, timeoutMs, authenticate);
	}

	private success(response: HttpResponse, call: ApiCall): ApiResponse {
		this.takesAuthenticate ??= true;
		const document = documentIn(response, call, this.limits.maxDocumentChars);
		refuseUnparsedQuery(document, this.secrets);
		if (this.siteTime === undefined) {
			this.siteTime = siteTime(response.headers.date);
			this.siteTimeAt = performance.now();
		}
		return document === undefined ? response : { ...response, document };
	}
}

/** Makes a call and returns the root element of its response, which must have this name. */
export async function readRoot(api: ApiClient, call: ApiCall, name: string): Promise<XmlElement> {
	const { document, status } = await api.call(call);
	if (document?.name === name) return document.root;
	throw new ExpertError({ kind: 'unexpected', status, missing: name, ...purposeOf(call) });
}

/**
 * Makes a call that writes, as {@link readRoot} does: the response must confirm it.
 *
 * @param denial what in the response says that it is not done, for people; `undefined` if nothing does
 */
export async function readConfirmed(
	api: ApiClient,
	call: ApiCall,
	name: string,
	denial: (root: XmlElement) => string | undefined,
): Promise<XmlElement> {
	const root = await readRoot(api, call, name);
	const detail = denial(root);
	if (detail === undefined) return root;
	throw new ExpertError({ kind: 'unexpected', detail, ...purposeOf(call) });
}

type Purpose = Pick<ApiCall, 'doing' | 'messages'> & { isWrite: boolean };

function purposeOf({ method, doing, messages }: ApiCall): Purpose {
	const isWrite = method !== 'GET';
	return messages === undefined ? { doing, isWrite } : { doing, messages, isWrite };
}

function pauseBeforeRetry(response: HttpResponse, attempt: number): number | undefined {
	if (!isBusy(response) || attempt >= MAX_ATTEMPTS) return undefined;
	const pauseMs = retryAfterMsOf(response) ?? 250 * 2 ** attempt;
	return pauseMs > MAX_PAUSE_MS ? undefined : pauseMs;
}

function isBusy({ status }: HttpResponse): boolean {
	return status === 429 || status === 503;
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMsOf({ headers }: HttpResponse): number | undefined {
	const header = headers['retry-after'];
	const text = typeof header === 'string' ? header.trim() : '';
	if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - (siteTime(headers.date) ?? Date.now()));
}

function documentIn(response: HttpResponse, call: ApiCall, maxChars: number): XmlDocument | undefined {
	const { status, body, isTooLarge } = response;
	const { expects, maxBytes = Infinity } = call;
	const unreadable = (kind: 'too-large' | 'html' | 'unexpected') =>
		new ExpertError({ kind, status, ...purposeOf(call) });
	if (isTooLarge) throw unreadable('too-large');
	const isOpaque = expects === 'file' || (expects === 'text' && isPlainText(response));
	if (isOpaque || body.trim() === '') return undefined;
	const isTooLong = body.length > Math.min(maxChars, maxBytes);
	if (isTooLong || hasTooManyTags(body)) throw unreadable('too-large');
	const read = readXml(body, maxChars);
	if (typeof read !== 'string' && read.name !== 'html') return read;
	throw unreadable(looksLikeHtml(response) ? 'html' : 'unexpected');
}

/** Refuses a success in name only: docs/vendor-facts.md#search. */
function refuseUnparsedQuery(document: XmlDocument | undefined, secrets: string[]): void {
	if (document?.name !== 'documents') return;
	const reason = siteWords(attribute(document.root, 'error')?.replace(/<[^<>]*>/g, ''), secrets);
	if (reason === undefined) return;
	throw refusal({
		message: `Expert did not understand the query: ${reason}`,
		description: 'Search for words only, without characters such as ( ) [ ] ? * ! ~ ^ : and quotes.',
	});
}

function errorIn(response: HttpResponse, call: ApiCall, secrets: string[]): ExpertError | undefined {
	const { status } = response;
	const purpose = purposeOf(call);
	if (status === 0) return networkError(response.networkCode, purpose);
	if (status >= 200 && status < 300) return undefined;
	if (status >= 300 && status < 400) {
		const isForCaller = call.expects === 'file' && typeof response.headers.location === 'string';
		return isForCaller ? undefined : new ExpertError({ kind: 'redirect', status, ...purpose });
	}
	const retryAfterMs = isBusy(response) ? retryAfterMsOf(response) : undefined;
	const facts = { status, retryAfterMs, ...purpose };
	if (looksLikeHtml(response)) {
		return new ExpertError({
			kind: status === 404 ? 'html' : 'http-status',
			isWebPage: true,
			...facts,
		});
	}
	const said = siteMessage(response.body, secrets);
	const error = new ExpertError({ kind: 'http-status', siteMessage: said, ...facts });
	if (!isUnknownCall(response)) return error;
	// The call's own message for this status would blame the page, not the missing call.
	return error.with({ lacksCall: true, messages: { [status]: NO_SUCH_CALL } });
}

/**
 * Whether the site does not have the call. Unlike for a missing page, the response names no address:
 * docs/vendor-facts.md#statuses-and-limits.
 */
function isUnknownCall({ status, body }: HttpResponse): boolean {
	if (status === 405 || status === 501) return true;
	const read = status === 404 ? readXml(body) : '';
	if (typeof read === 'string') return false;
	const { root } = read;
	const isUnnamed = child(root, 'uri') === undefined && child(root, 'exception') === undefined;
	return isUnnamed && /^resource not found\b/i.test(textOf(root, 'message') ?? '');
}

function networkError(code = '', purpose: Purpose): ExpertError {
	const isTimeout = /ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT/.test(code);
	if (isTimeout) return new ExpertError({ kind: 'timeout', ...purpose });
	return new ExpertError({ kind: 'unreachable', networkCode: code, ...purpose });
}

const MAX_SITE_MESSAGE_CHARS = 200;

/** Expert has two styles of error body, proxies their own: prefer `message`, else plain text. */
export function siteMessage(body: string, secrets: string[]): string | undefined {
	return siteWords(messageIn(body), secrets);
}

/** Puts what a site said on one short line, without secrets. */
export function siteWords(said: string | undefined, secrets: string[]): string | undefined {
	const short = redact(said ?? '', secrets)
		.replace(/\s+/g, ' ')
		.replace(/\p{C}/gu, '?')
		.trim()
		.slice(0, MAX_SITE_MESSAGE_CHARS);
	return short === '' ? undefined : short;
}

function messageIn(body: string): string | undefined {
	const read = readXml(body);
	if (typeof read !== 'string') {
		return textOf(read.root, 'message') ?? textOf(child(read.root, 'error'), 'message');
	}
	return body.trimStart().startsWith('<') ? undefined : (jsonMessage(body) ?? body);
}

function jsonMessage(body: string): string | undefined {
	try {
		const { message } = JSON.parse(body) as { message?: unknown };
		return typeof message === 'string' ? message : undefined;
	} catch {
		return undefined;
	}
}

/** The vendor does not say whether text can arrive without XML around it, so accept both. */
export function isPlainText(response: Pick<HttpResponse, 'headers'>): boolean {
	return /^text\/plain\b/i.test(String(response.headers['content-type'] ?? ''));
}

function looksLikeHtml(response: HttpResponse): boolean {
	const type = String(response.headers['content-type'] ?? '');
	return /html/i.test(type) || /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html)/i.test(response.body);
}
