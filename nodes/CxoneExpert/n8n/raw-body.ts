import { type INodeProperties, type IWebhookFunctions, sleep } from 'n8n-workflow';

import { beforeDeadline } from '../api/deadline';
import { reportOnce } from './report-once';

/*
 * Relies on: for a node of typeVersion 1 with a parameter `options.binaryData` that is true, n8n leaves
 * the body of a request alone and gives `readRawBody`. That inflates gzip, keeps n8n's own limit
 * `N8N_PAYLOAD_SIZE_MAX` and puts the bytes into `rawBody`. It rejects for a body that is too large,
 * ends early, is badly compressed or is not as long as it claims.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: where n8n has read the body itself and kept the bytes,
 * they are taken from there. Else nothing can be verified: Expert is told to retry, and the log says why.
 */

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/**
 * Keeps n8n from parsing the body. Its XML parser is shared between requests and mixes up bodies under
 * load, and the signature is over the exact bytes: so this hidden parameter stays, and the version of
 * the node stays 1.
 */
export const keepBodyUnparsed: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'hidden',
	default: { binaryData: true },
};

/** Time after the deadline until a body that stays away is given up. */
const MAX_WAIT_MS = 10_000;

/** Why the sender has sent no whole body. */
export type BodyFailure = 'body too large' | 'body incomplete';

/**
 * Reads the exact bytes of the request.
 *
 * @param deadline when the sender has its response at the latest, in ms of the monotonic clock
 * @throws RangeError when n8n does not give it: the sender is not to blame, and is told to retry
 */
export async function readBody(
	n8n: Pick<IWebhookFunctions, 'logger'>,
	request: Request,
	deadline: number,
): Promise<Buffer | BodyFailure> {
	// A version of n8n that has read it already keeps the bytes here.
	if (Buffer.isBuffer(request.rawBody)) return request.rawBody;
	if (typeof request.readRawBody !== 'function') {
		reportOnce(n8n, 'raw body');
		throw new RangeError('n8n gives no body');
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

/** Most bodies are there long before the deadline, and need no further timer. */
async function fillRawBody(request: Request, deadline: number): Promise<void> {
	const buffered = bufferedBodyOfClosedRequest(request);
	if (buffered !== undefined) {
		// Where n8n keeps it, too: it can be read only once.
		request.rawBody = buffered;
		return;
	}
	const reading = request.readRawBody();
	const isRead = await beforeDeadline(
		deadline,
		reading.then(() => true),
	);
	if (!isRead) await Promise.race([reading, sleep(MAX_WAIT_MS)]);
}

/**
 * The body of a sender that sent all of it and went away, because a busy n8n calls us late: Node
 * still has it, n8n would not read it any more. What the sender asked for gets done, and its next try
 * finds that; else every try would cost a busy n8n the same and achieve nothing.
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

/** A sender that is still sending must be able to get its response. */
function discardRest(request: Request): void {
	request.unpipe();
	request.resume();
}

function isTooLarge(error: unknown): boolean {
	const { status, statusCode, type } = error as Record<string, unknown>;
	return status === 413 || statusCode === 413 || type === 'entity.too.large';
}
