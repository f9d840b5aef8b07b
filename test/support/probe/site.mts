import { setTimeout as sleep } from 'node:timers/promises';
import { authenticationHeaders, type ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { attribute, readXml, type XmlDocument } from '../../../nodes/CxoneExpert/api/xml.ts';
import { send } from '../http.mts';

/** One call of the API; `path` is encoded already. */
export interface SiteCall {
	method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
	path: string;
	query?: Record<string, string | number | boolean>;
	body?: string;
	/** Of a body that is no XML document. */
	type?: string;
	/** Sends a token that the site has never issued. */
	hasBadToken?: boolean;
}

/** As received; `document` is absent unless the body is one well-formed XML document. */
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

const MAX_PAUSE_SECONDS = 30;

export const isSuccess = ({ status }: SiteResponse) => status >= 200 && status < 300;

/** Whether the document of a success has this attribute with this value. */
export function hasAttribute(response: SiteResponse, name: string, value: string): boolean {
	const { document } = response;
	return isSuccess(response) && attribute(document?.root, name)?.toLowerCase() === value;
}

/** The site as the probe calls it: raw, without redirects, once more where the site says when. */
export class ProbedSite {
	/** Cleaning up continues after an interruption. */
	isCleaning = false;
	hasWritten = false;
	private readonly origin: string;
	private readonly credential: ExpertCredential;
	private readonly stop: AbortSignal;

	constructor(origin: string, credential: ExpertCredential, stop: AbortSignal) {
		this.origin = origin;
		this.credential = credential;
		this.stop = stop;
	}

	/** @throws Interrupted, Unreachable */
	async call(call: SiteCall): Promise<SiteResponse> {
		this.assertMayGoOn();
		this.hasWritten ||= (call.method ?? 'GET') !== 'GET';
		const response = await this.send(call);
		const seconds = Number(response.headers['retry-after']);
		const isBusy = response.status === 429 || response.status === 503;
		if (!isBusy || !(seconds <= MAX_PAUSE_SECONDS)) return response;
		await sleep(1000 * seconds);
		this.assertMayGoOn();
		return await this.send(call);
	}

	private assertMayGoOn(): void {
		if (this.stop.aborted && !this.isCleaning) throw new Interrupted();
	}

	private async send(call: SiteCall): Promise<SiteResponse> {
		const { method = 'GET', path, query = {}, body } = call;
		const url = new URL(`${this.origin}/@api/deki${path}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
		const credential = call.hasBadToken ? spoilt(this.credential) : this.credential;
		const type = call.type ?? 'application/xml; charset=utf-8';
		const headers = {
			...authenticationHeaders(credential, Date.now()),
			...(method === 'GET' ? {} : { 'Content-Type': type }),
		};
		const received = await send(url, { method, headers, body }).catch((error: Error) => {
			// Without the request, and so without the token.
			throw new Unreachable((error as Error & { code?: string }).code ?? error.name);
		});
		const read = readXml(received.body, Number.POSITIVE_INFINITY);
		return {
			status: received.status,
			headers: flat(received.headers),
			text: received.body,
			...(typeof read === 'string' ? {} : { document: read }),
		};
	}
}

export function flat(headers: Record<string, string | string[] | undefined>) {
	const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
	return Object.fromEntries(pairs) as Record<string, string>;
}

/** The same credential with a signature that the site has never made. */
function spoilt({ longTermToken = '', tokenSecret, ...rest }: ExpertCredential): ExpertCredential {
	const other = longTermToken.replace(/[^.]+$/, (signature) => [...signature].toReversed().join(''));
	return { ...rest, longTermToken: other, tokenSecret: `${tokenSecret}x` };
}
