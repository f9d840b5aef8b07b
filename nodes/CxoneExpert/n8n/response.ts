import type { IWebhookFunctions } from 'n8n-workflow';

import { reportOnce } from './report-once';

/*
 * Relies on: n8n responds once, with `setHeader` and `end` of the response object that it gives to
 * the node, and a status of 400 and above means that it could not save or start the execution.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: n8n's own response goes out, and the log says so
 * once. If n8n does not respond at all, the deadline's response goes out.
 *
 * Look first at: `webhook-request-handler`, `sendWebhookResponse`: which methods of the response
 * does it call?
 */

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** When Expert may retry. */
const RETRY_AFTER_SECONDS = '1';

/** The only response to a request: a status, no body, no hints for forgers. */
export class BareResponse {
	protected readonly n8n: IWebhookFunctions;
	/** Status sent; `undefined` while the sender waits. */
	status: number | undefined;
	private readonly response: Response;
	private readonly end: Response['end'];

	constructor(n8n: IWebhookFunctions) {
		this.n8n = n8n;
		this.response = n8n.getResponseObject();
		this.end = this.response.end.bind(this.response);
	}

	get isSent(): boolean {
		return this.status !== undefined;
	}

	send(status: number, headers: Record<string, string> = {}): void {
		if (this.isSent) return;
		if (this.response.headersSent) reportOnce(this.n8n, 'response');
		else this.setHead(status, headers);
		this.status = status;
		this.end();
		this.onSent?.(status);
	}

	/** Holds back n8n's own response. `report` gets n8n's status each time n8n responds. */
	interceptN8n(report: (status: number) => void): void {
		const { response } = this;
		const setHeader = response.setHeader.bind(response);
		response.setHeader = (name, value) => (this.isSent ? response : setHeader(name, value));
		response.end = () => {
			report(response.statusCode);
			return response;
		};
	}

	protected onSent?(status: number): void;

	private setHead(status: number, headers: Record<string, string>): void {
		const { response } = this;
		for (const name of response.getHeaderNames()) response.removeHeader(name);
		response.statusCode = status;
		response.setHeader('Content-Length', '0');
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		if (status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
	}
}
