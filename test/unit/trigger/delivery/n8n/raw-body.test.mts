import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Deadline } from '../../../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';
import { readBody as readBodyBy } from '../../../../../nodes/CxoneExpert/trigger/delivery/n8n/raw-body.ts';

type Request = Parameters<typeof readBodyBy>[0];

const readBody = async (given: Request) => await readBodyBy(given, new Deadline());

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
	it('gives the bytes that n8n reads', async () => {
		const bytes = Buffer.from('<event>\xff</event>', 'latin1');
		const n8n: N8nRequest = {
			async readRawBody() {
				this.rawBody = bytes;
			},
		};
		expect(await readBody(n8n as unknown as Request)).toEqual({ bytes });
	});

	it('gives the bytes that were read already, and does not read twice', async () => {
		const readRawBody = vi.fn();
		const bytes = Buffer.from('x');
		expect(await readBody(request({ rawBody: bytes, readRawBody }).request)).toEqual({ bytes });
		expect(readRawBody).not.toHaveBeenCalled();
	});

	it('gives an empty body as such', async () => {
		const bytes = Buffer.alloc(0);
		expect(await readBody(request({ rawBody: bytes }).request)).toEqual({ bytes });
	});

	it.each([
		['status', { status: 413 }],
		['statusCode', { statusCode: 413 }],
		['type', { type: 'entity.too.large' }],
	])('knows a body that is too large by %s', async (_field, error) => {
		const { request: given, done } = rejecting(Object.assign(new Error('no'), error));
		expect(await readBody(given)).toEqual({ refusal: 'body too large' });
		expect(done).toEqual(['unpipe', 'resume']);
	});

	it.each([
		['ended early', Object.assign(new Error('request aborted'), { status: 400 })],
		['is badly compressed', Object.assign(new Error('incorrect header'), { code: 'Z_DATA_ERROR' })],
		['failed in an odd way', 'text'],
	])('refuses a body that %s', async (_case, error) => {
		expect(await readBody(rejecting(error).request)).toEqual({ refusal: 'body incomplete' });
	});

	it('gives up a body that stays away, and hangs up', async () => {
		vi.useFakeTimers();
		const { request: given, done } = request({ readRawBody: () => new Promise(() => {}) });
		const reading = readBody(given);
		await vi.advanceTimersByTimeAsync(10_699);
		expect(done).toEqual([]);
		await vi.advanceTimersByTimeAsync(1);
		expect(await reading).toEqual({ refusal: 'body incomplete' });
		expect(done).toEqual(['destroy']);
	});

	it('throws the rest of a refused body away, so that the next request is heard', async () => {
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
				response.statusCode = 'refusal' in result ? 413 : 200;
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
