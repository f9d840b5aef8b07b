import { type Failure, type IExecuteFunctions, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { ExpertError, UserMessage } from './expert-error';

/*
 * The errors and hints that n8n gets. Each error says in n8n's own terms whether waiting helps or somebody has to act:
 * polling goes by it, and an error workflow can (docs/operating.md#causes-of-errors). n8n 2.8 ignores it.
 */

/** Limits messages, because a whole text may stand where one names something. */
const MAX_MESSAGE_CHARS = 500;

export type FailureCause = Failure['cause'];

/** @param says what n8n shows instead */
export function nodeError(
	node: INode,
	error: ExpertError,
	says: Pick<UserMessage, 'message'> & Partial<UserMessage> = error,
): NodeApiError | NodeOperationError {
	const { kind, status } = error;
	const { description } = says;
	const message = shortened(says.message);
	const more = description === undefined ? {} : { description: asHtml(description) };
	const options = { message, ...more, failure: failureOf(error) };
	if (kind === 'refused') return saying(message, new NodeOperationError(node, message, options));
	const httpCode = status === undefined ? {} : { httpCode: String(status) };
	return saying(message, new NodeApiError(node, {}, { ...options, ...httpCode }));
}

/** Makes n8n's error where no call to the site has failed. */
export function operationError(
	node: INode,
	{ message, description }: UserMessage,
	cause: FailureCause,
): NodeOperationError {
	const options = { description: asHtml(description), failure: { cause } };
	return saying(message, new NodeOperationError(node, message, options));
}

/** Passes on what is no failure of a call: an error of n8n or a bug. */
export function passedOn(node: INode, error: Error): NodeOperationError {
	return saying(error.message, new NodeOperationError(node, error));
}

/**
 * Restores the message. n8n's constructors replace one that contains one of its network codes in any case, such as the
 * EPERM in "FilePermissions" or the EEXIST in "Preexisting", and move it to `messages`.
 */
function saying<E extends NodeApiError | NodeOperationError>(message: string, error: E): E {
	return Object.assign(error, { message, messages: [] });
}

/** Escapes a description or hint: n8n's editor shows these as HTML, messages as text (n8n 2.8.4 and 2.41.1). */
function asHtml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Tells people something above the output of an execution. */
export function showHint(n8n: IExecuteFunctions, message: string, type?: 'warning'): void {
	const kind = type === undefined ? {} : { type };
	n8n.addExecutionHints({ message: asHtml(message), ...kind, location: 'outputPane' });
}

export function shortened(text: string): string {
	return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text;
}

/** With these, the site refuses the values themselves: 409 is a path that is taken, or a page edited since. */
const WRONG_VALUE: ReadonlySet<unknown> = new Set([409, 412, 413, 414, 431]);

/**
 * A page that is not there, or a value of an item that the site refuses, counts as configuration, too: in n8n's words,
 * "the node points at something that no longer exists or is no longer allowed".
 *
 * A web page instead of a response counts as an outage: a firewall or maintenance is likelier than a site that has moved.
 */
export function failureOf(error: ExpertError): Failure {
	const { kind, status, siteMessage, retryAfterMs, failedCall } = error;
	if (failedCall !== undefined) return failureOf(failedCall);
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	if (status === 429) return { cause: 'rate-limited', ...wait };
	if (error.blamesCredential) return { cause: 'credential-invalid' };
	const isLasting = kind === 'refused' || kind === 'redirect' || kind === 'too-large';
	const isWrongValue = WRONG_VALUE.has(status) || (status === 400 && siteMessage !== undefined);
	if (isLasting || isWrongValue || error.isRefusal) return { cause: 'configuration-invalid' };
	return { cause: 'temporarily-unavailable', ...wait };
}
