import type { TextResponse } from '../http.mts';
import { RawConnection } from '../raw-connection.mts';
import { signDelivery } from '../simulator/index.mts';
import { authorizationAt, type Delivery } from './delivery.mts';
import type { Scene } from './scene.mts';

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
) {
	const start = performance.now();
	const url = new URL(scene.host.webhookUrl);
	const connection = new RawConnection(url.href);
	const secret = scene.site.settings.signingSecret;
	const signature = signDelivery({ secret, timestamp, body: Buffer.from(body as string) });
	const isChunked = length === undefined;
	const head: Record<string, string> = {
		Host: url.host,
		Connection: 'close',
		Authorization: authorizationAt(scene),
		'Content-Type': 'text/xml',
		'X-Nexus-Delivery-Id': deliveryId,
		'X-Nexus-Event-Type': 'Page_Create',
		'X-Nexus-Timestamp': timestamp,
		'X-Nexus-Signature-256': signature,
		...(isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(length) }),
		...headers,
	};
	const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
	connection.write(`POST ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`);
	const write = (part: string) => {
		const bytes = Buffer.from(part);
		if (isChunked) connection.write(`${bytes.length.toString(16)}\r\n`);
		connection.write(bytes);
		if (isChunked) connection.write('\r\n');
	};
	const response = responseOn(connection, start);
	response.catch(() => {});
	return {
		/** Writes a part of the body. */
		write,
		/** Writes the last part. */
		end: (part: string) => {
			write(part);
			if (isChunked) connection.write('0\r\n\r\n');
		},
		/** Breaks the connection. */
		cut: () => connection.cut(),
		/** Rejects when the connection ends without a response. */
		response,
	};
}

async function responseOn(connection: RawConnection, start: number): Promise<TextResponse> {
	const { status, head, rest } = await connection.response();
	if (status === 0) throw new Error('the connection ended without a response');
	const headers = [...head.matchAll(/^([^:\r\n]+): *([^\r\n]*)/gm)].map(
		([, name = '', value = '']) => [name.toLowerCase(), value] as const,
	);
	const ms = Math.round(performance.now() - start);
	return { status, headers: Object.fromEntries(headers), body: rest, ms };
}
