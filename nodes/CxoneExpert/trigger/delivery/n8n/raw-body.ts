import { type IWebhookFunctions, sleep } from 'n8n-workflow';

import type { RejectionReason } from '../authenticate';
import type { Deadline } from '../deadline';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/** Ms after the answer at the deadline; then a body that stays away is given up. */
const MAX_WAIT_MS = 10_000;

/**
 * Reads the exact bytes of the request.
 *
 * n8n leaves the body alone for us (see the hidden parameter in the description) and gives
 * `readRawBody`, which inflates gzip and keeps n8n's own limit `N8N_PAYLOAD_SIZE_MAX`. It rejects
 * for a body that is too large, ends early, is badly compressed or is not as long as it claims.
 */
export async function readBody(
	request: Request,
	deadline: Deadline,
): Promise<{ bytes: Buffer } | { refusal: RejectionReason }> {
	try {
		// A version of n8n that has read it already keeps the bytes here.
		if (!Buffer.isBuffer(request.rawBody)) {
			const left = bufferedBodyOfClosedRequest(request);
			// Where n8n keeps it, too: it can be read only once.
			if (left !== undefined) request.rawBody = left;
			else await waitFor(request.readRawBody(), deadline);
		}
	} catch (error) {
		discardRest(request);
		return { refusal: isTooLarge(error) ? 'body too large' : 'body incomplete' };
	}
	if (Buffer.isBuffer(request.rawBody)) return { bytes: request.rawBody };
	// Hung up on: Node gives a sender that trickles on five minutes, and keeps all that came.
	request.destroy();
	return { refusal: 'body incomplete' };
}

/** Most bodies are there long before the deadline, and need no timer of their own. */
async function waitFor(reading: Promise<void>, deadline: Deadline): Promise<void> {
	const isRead = await deadline.within(reading.then(() => true));
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

/** A sender that is still sending must be able to get its answer. */
function discardRest(request: Request): void {
	request.unpipe();
	request.resume();
}

function isTooLarge(error: unknown): boolean {
	const { status, statusCode, type } = error as Record<string, unknown>;
	return status === 413 || statusCode === 413 || type === 'entity.too.large';
}
