import { type INodeProperties, type IWebhookFunctions, sleep } from 'n8n-workflow';

import { beforeDeadline } from '../api/deadline';
import { reportOnce } from './report-once';

/*
 * Relies on: for a node of typeVersion 1 whose parameter `options.binaryData` is true, n8n leaves
 * the request body unread and offers `readRawBody`. That inflates gzip, enforces
 * `N8N_PAYLOAD_SIZE_MAX` and fills `rawBody`. It rejects when the body is too large, ends early, is
 * badly compressed or differs from its stated length. Once a response is out, Node discards a body
 * that nobody has begun to read: the stream then flows.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: if n8n has read the body and kept the bytes, they
 * are used. Otherwise nothing can be verified: Expert is told to retry, and the log says why.
 *
 * Look first at: `webhook-helpers`, `parseRequestBody`: does it still spare nodes of version 1 with
 * `options.binaryData`?
 */

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/**
 * Keeps n8n from parsing the body: its XML parser is shared between requests and mixes up bodies
 * under load, and the signature covers the exact bytes. So this hidden parameter stays, and the
 * node's version stays 1.
 */
export const keepBodyUnparsed: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'hidden',
	default: { binaryData: true },
};

/** How long to wait for the body after the deadline. */
const MAX_BODY_WAIT_MS = 10_000;

/** The reason why there is no complete body. */
export type BodyFailure = 'body too large' | 'body incomplete';

/**
 * Reads the exact bytes of the request.
 *
 * @param deadline when the sender must have its response, in ms of the monotonic clock
 * @returns `undefined` when nobody can read the body any more: that is no delivery
 * @throws RangeError when n8n provides no body: the sender is not to blame, and is told to retry
 */
export async function readBody(
	n8n: Pick<IWebhookFunctions, 'logger'>,
	request: Request,
	deadline: number,
): Promise<Buffer | BodyFailure | undefined> {
	// A version of n8n that has already read the body keeps the bytes here.
	if (Buffer.isBuffer(request.rawBody)) return request.rawBody;
	if (typeof request.readRawBody !== 'function') {
		reportOnce(n8n, 'raw body');
		throw new RangeError('n8n gives no body');
	}
	if (request.readableFlowing === true) {
		// The response is out, and Node would go on listening to a slow sender for up to five minutes.
		if (!request.complete) request.destroy();
		return undefined;
	}
	const buffered = bufferedBodyOfClosedRequest(request);
	if (buffered !== undefined) {
		if (!hasStatedLength(buffered, request)) return undefined;
		// The body can be read only once, so keep it where n8n would.
		request.rawBody = buffered;
		return buffered;
	}
	try {
		await fillRawBody(request, deadline);
	} catch (error) {
		discardRest(request);
		return isTooLarge(error) ? 'body too large' : 'body incomplete';
	}
	if (Buffer.isBuffer(request.rawBody)) return request.rawBody;
	// Close the connection: Node would keep buffering a slow sender for up to five minutes.
	request.destroy();
	return 'body incomplete';
}

/** Most bodies arrive long before the deadline and need no second timer. */
async function fillRawBody(request: Request, deadline: number): Promise<void> {
	const reading = request.readRawBody();
	const isRead = await beforeDeadline(
		deadline,
		reading.then(() => true),
	);
	if (!isRead) await Promise.race([reading, sleep(MAX_BODY_WAIT_MS)]);
}

/**
 * Returns the body of a sender that sent all of it and left before a busy n8n called us: Node still
 * has it, n8n would not read it any more. Processing it lets the sender's retry succeed as a
 * duplicate; otherwise every retry would cost the same and achieve nothing.
 */
function bufferedBodyOfClosedRequest(request: Request): Buffer | undefined {
	if (!request.destroyed || !request.complete) return undefined;
	if (/^(gzip|deflate)$/.test(request.headers['content-encoding'] ?? '')) return undefined;
	const parts: Buffer[] = [];
	for (let part: Buffer | null; (part = request.read() as Buffer | null) !== null; ) {
		parts.push(part);
	}
	return Buffer.concat(parts);
}

/** An empty body of unstated length counts as lost. */
function hasStatedLength({ length }: Buffer, { headers }: Request): boolean {
	const stated = headers['content-length'];
	return stated === undefined ? length > 0 : length === Number(stated);
}

/** Lets a sender that is still sending receive its response. */
function discardRest(request: Request): void {
	request.unpipe();
	request.resume();
}

function isTooLarge(error: unknown): boolean {
	const { status, statusCode, type } = error as Record<string, unknown>;
	return status === 413 || statusCode === 413 || type === 'entity.too.large';
}
