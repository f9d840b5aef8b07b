import type { IWebhookFunctions } from 'n8n-workflow';

import { reportOnce } from './report-once';

/*
 * Relies on: n8n responds with `setHeader` and `end` of the response that it gives to the node, once,
 * and a status of 400 and above means that it could not save or start the execution.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: n8n's own response goes out, and the log says so once.
 * A version that does not respond at all gets the response of the deadline.
 */

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** After so many seconds Expert may retry. */
const RETRY_AFTER_SECONDS = '1';

/** The one response of a request: a status, no body, no hint for a forger. */
export class BareResponse {
	protected readonly n8n: IWebhookFunctions;
	private sentStatus: number | undefined;
	private readonly response: Response;
	private readonly end: Response['end'];

	constructor(n8n: IWebhookFunctions) {
		this.n8n = n8n;
		this.response = n8n.getResponseObject();
		this.end = this.response.end.bind(this.response);
	}

	/** Whether the sender has its response, whatever the journey comes to now. */
	get isSent(): boolean {
		return this.sentStatus !== undefined;
	}

	/** What the sender was told; `undefined` while it waits. */
	get status(): number | undefined {
		return this.sentStatus;
	}

	/** Responds, unless a response has gone out already. */
	send(status: number, headers: Record<string, string> = {}): void {
		if (this.isSent) return;
		if (this.response.headersSent) reportOnce(this.n8n, 'response');
		else this.setHead(status, headers);
		this.sentStatus = status;
		this.end();
		this.onSent?.(status);
	}

	/**
	 * Holds n8n's own response back and reports it.
	 *
	 * @param report called with n8n's status each time n8n responds
	 */
	interceptN8n(report: (status: number) => void): void {
		const { response } = this;
		const setHeader = response.setHeader.bind(response);
		response.setHeader = (name, value) => (this.isSent ? response : setHeader(name, value));
		response.end = () => {
			report(response.statusCode);
			return response;
		};
	}

	/** The response has gone out. */
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
