import type { IncomingMessage } from 'node:http';
import { createGunzip, createInflate } from 'node:zlib';
import getRawBody from 'raw-body';

/** A request as n8n's middleware hands it on. */
export type N8nRequest = IncomingMessage & {
	rawBody?: Buffer;
	readRawBody?: () => Promise<void>;
};

/** n8n's own error for a body that ends early: a status, but not under the name `status`. */
class BadRequestError extends Error {
	readonly httpStatusCode = 400;
}

/** The small version of `rawBodyReader` in n8n's middlewares/body-parser.js. */
export function addReadRawBody(
	request: N8nRequest,
	limit: number,
	before: () => Promise<void> = async () => {},
): void {
	request.readRawBody = async () => {
		if (request.rawBody) return;
		await before();
		const { stream, length } = inflated(request);
		if (request.destroyed || !stream.readable) {
			throw new BadRequestError('Request body stream was aborted or is not readable');
		}
		try {
			request.rawBody = await getRawBody(stream, { length, limit });
		} catch (error) {
			const { type } = error as { type?: string };
			if (type !== 'request.aborted' && type !== 'stream.not.readable') throw error;
			throw new BadRequestError('Request body stream was aborted mid-read', { cause: error });
		}
	};
}

function inflated(request: N8nRequest): { stream: NodeJS.ReadableStream; length?: string } {
	switch (request.headers['content-encoding']) {
		case 'gzip':
			return { stream: request.pipe(createGunzip()) };
		case 'deflate':
			return { stream: request.pipe(createInflate()) };
		default:
			return { stream: request, length: request.headers['content-length'] };
	}
}
