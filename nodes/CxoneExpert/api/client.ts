import { sleep, type IHttpRequestMethods } from 'n8n-workflow';

import { siteTime } from './elements';
import { ExpertError, NO_SUCH_CALL, type StatusMessages } from './expert-error';
import { redact, secretsOf } from './redact';
import {
	child,
	MAX_DOCUMENT_CHARS,
	MAX_RESPONSE_CHARS,
	readXml,
	textOf,
	type XmlDocument,
	type XmlElement,
} from './xml';

/** One call of the Expert API. `path` follows `/@api/deki` and is encoded already. */
export interface ApiCall {
	method: IHttpRequestMethods;
	path: string;
	query?: Record<string, string | number | boolean>;
	/** An XML document, unless `contentType` says something else. */
	body?: string | Buffer;
	contentType?: string;
	/** What n8n tries to do, to finish the sentence "while n8n tried to …". */
	doing: string;
	/** What a status means for this call, where the general message does not fit. */
	messages?: StatusMessages;
	/**
	 * What a success holds: an XML document unless said otherwise; `text` may also come as plain text,
	 * a file is not parsed, and may be a redirect to where it is.
	 */
	expects?: 'xml' | 'text' | 'file';
	/** Ms until this call is given up, where others of the client may take longer. */
	timeoutMs?: number;
	/** Bytes of the longest document that is read; the rest of a longer one is not downloaded. */
	maxBytes?: number;
	/** Asked before a retry of a call whose work must not be done twice. */
	mayRepeat?: () => Promise<boolean>;
	/** Where the site refuses it without saying why, the site is asked who we are: see {@link WhyRefused}. */
	asksWhy?: true;
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

/** Sends one HTTP request with the credential's authentication. Throws nothing but an {@link ExpertError}. */
export type Send = (call: ApiCall, timeoutMs: number) => Promise<HttpResponse>;

/** Sends a request when it is its turn. Its time begins then, and must not go beyond the budget. */
export type InTurn = <T>(send: () => Promise<T>) => Promise<T>;

const atOnce: InTurn = async (send) => await send();

/** Finds out why the site has refused a call. */
export type WhyRefused = (api: ApiClient, refused: ExpertError) => Promise<ExpertError>;

const asItIs: WhyRefused = async (_api, refused) => refused;

/** A response of 2xx. `document` is absent when it had no body, is plain text or a file. */
export interface ApiResponse extends Omit<HttpResponse, 'isTooLarge' | 'networkCode'> {
	document?: XmlDocument;
}

export interface ApiClient {
	/** @throws ExpertError for anything but a success */
	call(call: ApiCall): Promise<ApiResponse>;
}

/** What one call may take. */
export interface Limits {
	/** Ms until a call is given up. */
	timeoutMs: number;
	/** Characters of the longest response that is parsed. */
	maxDocumentChars: number;
}

export interface ClientSettings {
	/** Ms for all calls together. */
	budgetMs?: number | undefined;
	limits?: Limits | undefined;
	inTurn?: InTurn | undefined;
	whyRefused?: WhyRefused;
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
 */
export class ExpertClient implements ApiClient {
	/** Whether a call was sent that could have changed something at the site. */
	hasTriedToWrite = false;
	/** Whether the site has not refused all of those calls. */
	mayHaveWritten = false;
	/**
	 * ISO 8601, by the site's own clock, from the first success: what happens at the site after it is later by
	 * the same clock, however wrong the clock of n8n is.
	 */
	siteTime: string | undefined;
	private readonly send: Send;
	private readonly secrets: string[];
	private readonly limits: Limits;
	private readonly inTurn: InTurn;
	private readonly whyRefused: WhyRefused;
	/** By the monotonic clock: a wall clock that is set would end the calls, or never. */
	private readonly end: number;

	/** @param secrets what must not be shown when the site repeats it */
	constructor(
		send: Send,
		secrets: string[],
		{
			budgetMs = Infinity,
			limits = SHORT_CALLS,
			inTurn = atOnce,
			whyRefused = asItIs,
		}: ClientSettings = {},
	) {
		this.send = send;
		this.secrets = secrets;
		this.limits = limits;
		this.inTurn = inTurn;
		this.whyRefused = whyRefused;
		this.end = performance.now() + budgetMs;
	}

	/** Redacts this `Authorization` value, too, in whatever the site says from now on. */
	redactFromNowOn(authorization: string): void {
		this.secrets.push(...secretsOf({}, authorization));
	}

	async call(call: ApiCall): Promise<ApiResponse> {
		for (let attempt = 1; ; attempt++) {
			const isWrite = call.method !== 'GET';
			const response = await this.inTurn(async () => await this.sendInTime(call));
			const error = errorIn(response, call, this.secrets);
			this.hasTriedToWrite ||= isWrite;
			this.mayHaveWritten ||= isWrite && error?.mayHaveBeenDone !== false;
			if (error === undefined) return this.success(response, call);
			const pauseMs = pauseBeforeRetry(response, attempt);
			if (pauseMs === undefined || performance.now() + pauseMs >= this.end)
				throw await this.explained(error, call);
			await sleep(pauseMs);
			if (call.mayRepeat !== undefined && !(await call.mayRepeat())) throw error;
		}
	}

	private async explained(error: ExpertError, { asksWhy }: ApiCall): Promise<ExpertError> {
		const isUnsaid = asksWhy && error.isDenied;
		return isUnsaid ? await this.whyRefused(this, error) : error;
	}

	private async sendInTime(call: ApiCall): Promise<HttpResponse> {
		const leftMs = this.end - performance.now();
		if (leftMs <= 0) throw new ExpertError({ kind: 'budget-exceeded', ...purposeOf(call) });
		return await this.send(call, Math.min(call.timeoutMs ?? this.limits.timeoutMs, leftMs));
	}

	private success(response: HttpResponse, call: ApiCall): ApiResponse {
		const document = documentIn(response, call, this.limits.maxDocumentChars);
		this.siteTime ??= isoTime(response.headers.date);
		return document === undefined ? response : { ...response, document };
	}
}

/** Makes a call and gives the root element of its response, which must have this name. */
export async function readRoot(api: ApiClient, call: ApiCall, name: string): Promise<XmlElement> {
	const { document, status } = await api.call(call);
	if (document?.name === name) return document.root;
	throw new ExpertError({ kind: 'unexpected', status, missing: name, ...purposeOf(call) });
}

function purposeOf({ doing, messages }: ApiCall): Pick<ApiCall, 'doing' | 'messages'> {
	return messages === undefined ? { doing } : { doing, messages };
}

function isoTime(header: unknown): string | undefined {
	const time = siteTime(header);
	return time === undefined ? undefined : new Date(time).toISOString();
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
	return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** @throws ExpertError for a success that is not what the call expects */
function documentIn(
	response: HttpResponse,
	call: ApiCall,
	maxChars: number,
): XmlDocument | undefined {
	const { status, body, isTooLarge } = response;
	const { expects, maxBytes = Infinity } = call;
	const unreadable = (kind: 'too-large' | 'html' | 'unexpected') =>
		new ExpertError({ kind, status, ...purposeOf(call) });
	if (isTooLarge) throw unreadable('too-large');
	const isOpaque = expects === 'file' || (expects === 'text' && isPlainText(response));
	if (isOpaque || body.trim() === '') return undefined;
	if (body.length > Math.min(maxChars, maxBytes)) throw unreadable('too-large');
	const read = readXml(body, maxChars);
	if (typeof read !== 'string' && read.name !== 'html') return read;
	throw unreadable(looksLikeHtml(response) ? 'html' : 'unexpected');
}

function errorIn(
	response: HttpResponse,
	call: ApiCall,
	secrets: string[],
): ExpertError | undefined {
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
	// Whatever the call has to say of this status is about something that is not there.
	return error.with({ lacksCall: true, messages: { [status]: NO_SUCH_CALL } });
}

/**
 * The framework's own refusal of a call that nothing at the site handles. It names no address, unlike that of a page
 * that is not there: docs/vendor-facts.md#statuses-and-limits.
 */
function isUnknownCall({ status, body }: HttpResponse): boolean {
	if (status === 405) return true;
	const read = status === 404 ? readXml(body) : '';
	if (typeof read === 'string') return false;
	const { root } = read;
	const isUnnamed = child(root, 'uri') === undefined && child(root, 'exception') === undefined;
	return isUnnamed && /^resource not found\b/i.test(textOf(root, 'message') ?? '');
}

function networkError(code = '', purpose: Pick<ApiCall, 'doing' | 'messages'>): ExpertError {
	const isTimeout = /ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT/.test(code);
	if (isTimeout) return new ExpertError({ kind: 'timeout', ...purpose });
	return new ExpertError({ kind: 'unreachable', networkCode: code, ...purpose });
}

/** Characters of a message that people see. */
const MAX_MESSAGE_CHARS = 200;

/**
 * The message inside a response of 400 and above. Expert has two styles of error body, and proxies
 * have their own: take `message` if it is there, else the start of the plain text.
 */
export function siteMessage(body: string, secrets: string[]): string | undefined {
	const short = redact(messageIn(body) ?? '', secrets)
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, MAX_MESSAGE_CHARS);
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

/** Nothing of the vendor says that text ever comes without XML around it, nor that it does not. */
export function isPlainText(response: Pick<HttpResponse, 'headers'>): boolean {
	return /^text\/plain\b/i.test(String(response.headers['content-type'] ?? ''));
}

function looksLikeHtml(response: HttpResponse): boolean {
	const type = String(response.headers['content-type'] ?? '');
	return /html/i.test(type) || /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html)/i.test(response.body);
}
