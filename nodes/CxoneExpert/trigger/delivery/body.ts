import type { IWebhookFunctions } from 'n8n-workflow';

import type { Refusal } from './authenticate';

/**
 * Reads the exact bytes of the request.
 *
 * n8n leaves the body alone for us (see the hidden parameter in the description) and gives
 * `readRawBody`, which inflates gzip and keeps n8n's own limit `N8N_PAYLOAD_SIZE_MAX`. It rejects
 * for a body that is too large, ends early, is badly compressed or is not as long as it claims.
 */
export async function readBody(
	request: ReturnType<IWebhookFunctions['getRequestObject']>,
): Promise<{ bytes: Buffer } | { refusal: Refusal }> {
	try {
		// A version of n8n that has read it already keeps the bytes here.
		if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody();
		return { bytes: request.rawBody ?? Buffer.alloc(0) };
	} catch (error) {
		return { refusal: isTooLarge(error) ? 'body too large' : 'body incomplete' };
	}
}

function isTooLarge(error: unknown): boolean {
	const { status, statusCode, type } = error as Record<string, unknown>;
	return status === 413 || statusCode === 413 || type === 'entity.too.large';
}
