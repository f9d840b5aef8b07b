import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { Deadline } from './deadline';
import { whenWritten } from './written';

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** Seconds after which Expert may try again. */
const RETRY_AFTER = '1';

/** What becomes of an execution that n8n was given. Each may be called more than once. */
export interface Outcome {
	/**
	 * n8n has written it and will run it, but waits, for a free place maybe.
	 * @returns false when n8n has said more by now
	 */
	written(): boolean;
	/** n8n says that it is saved; static data, with the record of it, is about to be. */
	storing(): void;
	/** Both are saved. */
	stored(): void;
	notStored(): void;
}

/**
 * The one answer of a request: a status, no body, no hint for a forger.
 *
 * When the time is over it is 503, whatever the journey is at: Expert asks again. The journey goes on
 * all the same, so that an n8n that is busy gets the work done that it has begun, and the copy that
 * Expert sends finds it done. (Giving up instead was measured: a busy n8n began the same deliveries
 * over and over, and took ten times as long.)
 */
export class Answer {
	private sent = false;
	private readonly response: Response;
	private readonly end: Response['end'];
	private readonly letGoOfDeadline: () => void;

	constructor(response: Response, deadline: Deadline, whenLate: () => void) {
		this.response = response;
		this.end = response.end.bind(response);
		this.letGoOfDeadline = deadline.whenOver(() => {
			this.send(503);
			whenLate();
		});
	}

	/** Whether the sender has its answer, whatever the journey comes to now. */
	get isSent(): boolean {
		return this.sent;
	}

	/** Answers, unless the answer has gone out already. */
	send(status: number): void {
		if (this.sent) return;
		const { response } = this;
		for (const name of response.getHeaderNames()) response.removeHeader(name);
		response.statusCode = status;
		response.setHeader('Content-Length', '0');
		if (status === 503) response.setHeader('Retry-After', RETRY_AFTER);
		this.sent = true;
		this.letGoOfDeadline();
		this.end();
	}

	/** Answers by ourselves; n8n starts nothing, or starts with `items` afterwards. */
	sendAndReturn(status: number, items?: INodeExecutionData[]): IWebhookResponseData {
		this.send(status);
		return { noWebhookResponse: true, ...(items === undefined ? {} : { workflowData: [items] }) };
	}

	/**
	 * Leaves the answer to n8n, which gives it when it has stored the execution, and watches it:
	 *
	 * - n8n reads `webhookResponse` right after it has stored the execution and right before it
	 *   saves static data: the only moment at which an entry for this delivery is both true and
	 *   still saved (n8n forgets earlier changes when it prepares the execution).
	 * - n8n's answer ends in `response.end`: 200 when it is stored, else an error page, in whose
	 *   place Expert gets a 503, so that it tries again. After our own answer it only tells the
	 *   outcome and falls silent.
	 * - n8n may have written the execution and not say so for minutes, because it waits for a free
	 *   place. We say it then: Expert would count each 503 as a failure and switch the webhook off.
	 */
	leaveToN8n(items: INodeExecutionData[], outcome: Outcome): IWebhookResponseData {
		const letGo = whenWritten(items[0], () => {
			if (outcome.written()) this.send(200);
		});
		this.watch(outcome, letGo);
		return {
			workflowData: [items],
			get webhookResponse() {
				outcome.storing();
				return '';
			},
		};
	}

	private watch(outcome: Outcome, letGo: () => void): void {
		const { response } = this;
		const setHeader = response.setHeader.bind(response);
		response.setHeader = (name, value) => (this.sent ? response : setHeader(name, value));
		response.end = () => {
			letGo();
			const stored = response.statusCode < 400;
			if (stored) outcome.stored();
			else outcome.notStored();
			this.send(stored ? 200 : 503);
			return response;
		};
	}
}
