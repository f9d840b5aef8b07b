import { setTimeout as sleep } from 'node:timers/promises';
import {
	authenticationHeaders,
	type ExpertCredential,
} from '../../../nodes/CxoneExpert/api/credential.ts';
import { readXml, type XmlDocument } from '../../../nodes/CxoneExpert/api/xml.ts';
import { type HttpRequest, send } from '../http.mts';

/** One call of the API; `path` is encoded already. */
export interface SiteCall {
	method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
	path: string;
	query?: Record<string, string | number | boolean>;
	/** An XML document unless `type` says something else. */
	body?: string;
	type?: string;
	/** Not the token that was given, to see what the site makes of it. */
	token?: 'bad' | 'expired';
}

/** As received; `document` is absent unless it is one well-formed XML document. */
export interface SiteResponse {
	status: number;
	headers: Record<string, string>;
	text: string;
	document?: XmlDocument;
}

/** The probe was interrupted: start nothing new. */
export class Interrupted extends Error {}

/** No response at all. */
export class Unreachable extends Error {}

const CALL_LIMIT_MS = 60_000;
const MAX_ATTEMPTS = 4;
const MAX_PAUSE_MS = 30_000;
const HOUR_MS = 3_600_000;

/** The site as the probe calls it: raw, without redirects, with a pause when the site is busy. */
export class ProbedSite {
	/** Cleaning up continues after an interruption. */
	isCleaning = false;
	hasWritten = false;
	/** Statuses 429 and 503 that came. */
	readonly throttled: SiteResponse[] = [];
	readonly credential: ExpertCredential;
	private readonly stop: AbortSignal;
	private readonly origin: string;

	constructor(origin: string, credential: ExpertCredential, stop: AbortSignal) {
		this.origin = origin;
		this.credential = credential;
		this.stop = stop;
	}

	/** @throws Interrupted, Unreachable */
	async call(call: SiteCall): Promise<SiteResponse> {
		for (let attempt = 1; ; attempt++) {
			this.assertMayGoOn();
			this.hasWritten ||= (call.method ?? 'GET') !== 'GET';
			const response = await this.sendOnceMore(call);
			if (response.status !== 429 && response.status !== 503) return response;
			this.throttled.push(response);
			const pauseMs = 1000 * (Number(response.headers['retry-after']) || 2 ** attempt);
			if (attempt === MAX_ATTEMPTS || pauseMs > MAX_PAUSE_MS) return response;
			await this.pause(pauseMs);
		}
	}

	/** @throws Interrupted */
	async pause(ms: number): Promise<void> {
		const signal = this.isCleaning ? undefined : this.stop;
		await sleep(ms, undefined, { signal }).catch(() => {});
		this.assertMayGoOn();
	}

	private assertMayGoOn(): void {
		if (this.stop.aborted && !this.isCleaning) throw new Interrupted();
	}

	/** A question that got no response is asked once more; a change may have been made. */
	private async sendOnceMore(call: SiteCall): Promise<SiteResponse> {
		if ((call.method ?? 'GET') !== 'GET') return await this.send(call);
		return await this.send(call).catch(async (error: unknown) => {
			if (!(error instanceof Unreachable)) throw error;
			this.assertMayGoOn();
			return await this.send(call);
		});
	}

	private async send(call: SiteCall): Promise<SiteResponse> {
		const { method = 'GET', path, query = {}, body, type } = call;
		const url = new URL(`${this.origin}/@api/deki${path}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
		const contentType = type ?? 'application/xml; charset=utf-8';
		const headers = {
			...this.authentication(call.token),
			...(method === 'GET' ? {} : { 'Content-Type': contentType }),
		};
		return await respond(url, { method, headers, body, timeoutMs: CALL_LIMIT_MS });
	}

	private authentication(token: SiteCall['token']): Record<string, string> {
		const now = Date.now() - (token === 'expired' ? HOUR_MS : 0);
		return authenticationHeaders(token === 'bad' ? spoilt(this.credential) : this.credential, now);
	}
}

async function respond(url: URL, request: HttpRequest): Promise<SiteResponse> {
	const { status, headers, body } = await send(url, request).catch((error: Error) => {
		// Without the request, and so without the token.
		throw new Unreachable((error as Error & { code?: string }).code ?? error.name);
	});
	const read = readXml(body, Number.POSITIVE_INFINITY);
	return {
		status,
		headers: Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name, String(value)]),
		),
		text: body,
		...(typeof read === 'string' ? {} : { document: read }),
	};
}

/** The same credential with a token of the right form that the site has never issued. */
function spoilt({ longTermToken = '', tokenSecret, ...rest }: ExpertCredential): ExpertCredential {
	// The first character of the signature: the last one can hold bits that do not count.
	const other = longTermToken.replace(/(?<=\.)[^.](?=[^.]*$)/, (first) =>
		first === 'A' ? 'B' : 'A',
	);
	const isChanged = other !== longTermToken;
	return {
		...rest,
		longTermToken: isChanged ? other : `${longTermToken}x`,
		tokenSecret: `${tokenSecret}x`,
	};
}
