import type { IWebhookFunctions } from 'n8n-workflow';

/*
 * Relies on: n8n responds with `setHeader` and `end` of the response that it gives to the node, once,
 * and a status of 400 and above means that it could not save or start the execution. Seen in n8n
 * 2.8.4 and 2.41.1. A version that responds in another way would respond by itself.
 */

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** Seconds after which Expert may retry. */
const RETRY_AFTER_SECONDS = '1';

/** The one response of a request: a status, no body, no hint for a forger. */
export class DeliveryResponse {
	private sent = false;
	private readonly response: Response;
	private readonly end: Response['end'];

	constructor(response: Response) {
		this.response = response;
		this.end = response.end.bind(response);
	}

	/** Whether the sender has its response, whatever the journey comes to now. */
	get isSent(): boolean {
		return this.sent;
	}

	/** Responds, unless a response has gone out already. */
	send(status: number): void {
		if (this.sent) return;
		const { response } = this;
		for (const name of response.getHeaderNames()) response.removeHeader(name);
		response.statusCode = status;
		response.setHeader('Content-Length', '0');
		if (status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
		this.sent = true;
		this.end();
	}

	/**
	 * Keeps n8n's own response back and reports it.
	 *
	 * @param report called with n8n's status each time n8n responds
	 */
	interceptN8n(report: (status: number) => void): void {
		const { response } = this;
		const setHeader = response.setHeader.bind(response);
		response.setHeader = (name, value) => (this.sent ? response : setHeader(name, value));
		response.end = () => {
			report(response.statusCode);
			return response;
		};
	}
}
