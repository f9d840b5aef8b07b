import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { readBody as readBodyBy } from '../../../nodes/CxoneExpert/n8n/raw-body.ts';
import { Refusal } from '../../../nodes/CxoneExpert/shared/rejection.ts';
import { n8nOf, nodeState } from '../../support/unit/delivery-context.mts';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

async function readBody(request: Request): Promise<Buffer | string> {
	const deadline = performance.now() + RESPONSE_DEADLINE_MS;
	return await readBodyBy(n8nOf(nodeState()), request, deadline).catch((thrown: unknown) => {
		if (thrown instanceof Refusal) return thrown.reason;
		throw thrown;
	});
}

/** What n8n puts on each request. */
interface N8nRequest {
	rawBody?: Buffer;
	readRawBody(): Promise<void>;
}

function request(n8n: Partial<N8nRequest>) {
	const done: string[] = [];
	const note = (call: string) => () => done.push(call);
	const stream = {
		unpipe: note('unpipe'),
		resume: note('resume'),
		destroy: note('destroy'),
	};
	return { done, request: { ...stream, ...n8n } as unknown as Request };
}

const rejecting = (error: unknown) =>
	request({ readRawBody: async () => await Promise.reject(error) });

const servers: Server[] = [];

afterEach(() => {
	vi.useRealTimers();
	for (const server of servers.splice(0)) server.closeAllConnections();
});

describe('readBody', () => {
	it('readBody gives the bytes that n8n reads', async () => {
		const bytes = Buffer.from('<event>\xff</event>', 'latin1');
		const n8n: N8nRequest = {
			async readRawBody() {
				this.rawBody = bytes;
			},
		};
		expect(await readBody(n8n as unknown as Request)).toEqual(bytes);
	});

	it('readBody gives the bytes that n8n has read already, and does not read twice', async () => {
		const readRawBody = vi.fn();
		const bytes = Buffer.from('x');
		expect(await readBody(request({ rawBody: bytes, readRawBody }).request)).toEqual(bytes);
		expect(readRawBody).not.toHaveBeenCalled();
	});

	it('readBody gives an empty body as such', async () => {
		const bytes = Buffer.alloc(0);
		expect(await readBody(request({ rawBody: bytes }).request)).toEqual(bytes);
	});

	it.each([
		['status', { status: 413 }],
		['statusCode', { statusCode: 413 }],
		['type', { type: 'entity.too.large' }],
	])('readBody rejects a body that is too large by %s', async (_field, error) => {
		const { request: given, done } = rejecting(Object.assign(new Error('no'), error));
		expect(await readBody(given)).toEqual('body too large');
		expect(done).toEqual(['unpipe', 'resume']);
	});

	it.each([
		['ended early', Object.assign(new Error('request aborted'), { status: 400 })],
		['is badly compressed', Object.assign(new Error('incorrect header'), { code: 'Z_DATA_ERROR' })],
		['failed in an odd way', 'text'],
	])('readBody rejects a body that %s', async (_case, error) => {
		expect(await readBody(rejecting(error).request)).toEqual('body incomplete');
	});

	it('readBody gives up a body that stays away, and closes the connection', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
		const { request: given, done } = request({ readRawBody: () => new Promise(() => {}) });
		const reading = readBody(given);
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS + 9999);
		expect(done).toEqual([]);
		await vi.advanceTimersByTimeAsync(1);
		expect(await reading).toEqual('body incomplete');
		expect(done).toEqual(['destroy']);
	});

	it('readBody discards the rest of a rejected body, so that the next request is heard', async () => {
		const server = createServer((incoming: IncomingMessage, response) => {
			// A reader that has had enough: it stops in the middle.
			const readRawBody = async () => {
				await once(incoming, 'data');
				incoming.pause();
				throw Object.assign(new Error('too large'), { status: 413 });
			};
			const isEmpty = incoming.headers['content-length'] === '0';
			const n8n = isEmpty ? { rawBody: Buffer.alloc(0) } : { readRawBody };
			void readBody(Object.assign(incoming, n8n) as unknown as Request).then((result) => {
				response.statusCode = Buffer.isBuffer(result) ? 200 : 413;
				response.end();
			});
		});
		servers.push(server);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
		const large = 'x'.repeat(3_000_000);
		socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${large.length}\r\n\r\n${large}`);
		socket.end('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
		const chunks: Buffer[] = [];
		for await (const chunk of socket) chunks.push(chunk as Buffer);
		const statuses = Buffer.concat(chunks)
			.toString()
			.match(/HTTP\/1\.1 \d+/g);
		expect(statuses).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
	});
});
