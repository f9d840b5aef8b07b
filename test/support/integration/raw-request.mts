import http from 'node:http';
import { signDelivery } from '../simulator/index.mts';
import { authorizationAt, type Delivery } from './delivery.mts';
import type { Scene } from './scene.mts';

export interface RawAnswer {
	status: number;
	headers: http.IncomingHttpHeaders;
	body: string;
	ms: number;
}

export interface RawRequest {
	/** Writes a part of the body. */
	write(part: string | Uint8Array): void;
	/** Writes the last part. */
	end(part: string): void;
	/** Breaks the connection. */
	cut(): void;
	/** Rejects when the connection ends without an answer. */
	answer: Promise<RawAnswer>;
}

/**
 * A genuine delivery whose body is written by hand.
 *
 * @param length what Content-Length claims; undefined sends the body in chunks
 */
export function startRequest(
	scene: Scene,
	{ body, deliveryId, timestamp }: Delivery,
	length: number | undefined,
	headers: Record<string, string> = {},
): RawRequest {
	const { secret } = { secret: scene.site.settings.signingSecret };
	const start = performance.now();
	const answered = Promise.withResolvers<RawAnswer>();
	const request = http.request(scene.host.webhookUrl, {
		method: 'POST',
		agent: false,
		headers: {
			Authorization: authorizationAt(scene),
			'Content-Type': 'text/xml',
			'X-Nexus-Delivery-Id': deliveryId,
			'X-Nexus-Event-Type': 'Page_Create',
			'X-Nexus-Timestamp': timestamp,
			'X-Nexus-Signature-256': signDelivery({
				secret,
				timestamp,
				body: Buffer.from(body as string),
			}),
			...(length === undefined ? { 'Transfer-Encoding': 'chunked' } : {}),
			...(length === undefined ? {} : { 'Content-Length': String(length) }),
			...headers,
		},
	});
	request.on('error', answered.reject);
	request.on('response', (response) => {
		const parts: Buffer[] = [];
		response.on('data', (part: Buffer) => parts.push(part));
		response.on('end', () =>
			answered.resolve({
				status: response.statusCode ?? 0,
				headers: response.headers,
				body: Buffer.concat(parts).toString(),
				ms: Math.round(performance.now() - start),
			}),
		);
	});
	answered.promise.catch(() => {});
	request.flushHeaders();
	return {
		write: (part) => void request.write(part),
		end: (part) => void request.end(part),
		cut: () => void request.destroy(),
		answer: answered.promise,
	};
}
