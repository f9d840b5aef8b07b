import { randomUUID } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type PublishedTrigger, untilFinal } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { type RawResponse, RawConnection } from '../support/raw-connection.mts';
import { signDelivery } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';

const MB = 1024 * 1024;
const AUTHORIZATION = 'Authorization';
const SIGNATURE = 'X-Nexus-Signature-256';

/** The headers of a genuine request, as lines; what is done to them; the one response that they may get. */
type Headers = Record<string, string>;
type Lines = (headers: Headers) => string[];

const lines: Lines = (headers) => Object.entries(headers).map((header) => header.join(': '));
/** With these lines in place of that header. */
const replaced =
	(name: string, change: (value: string) => string[]): Lines =>
	(headers) => {
		const { [name]: value = '', ...others } = headers;
		return [...lines(others), ...change(value)];
	};
const added =
	(...more: string[]): Lines =>
	(headers) => [...lines(headers), ...more];

/** What Node or n8n makes of them is not to be had without them: all others are in test/fuzz and test/unit. */
const HEADERS: Array<[what: string, status: number, spoil: Lines]> = [
	[
		'Authorization twice, the right one first',
		200,
		replaced(AUTHORIZATION, (value) => [`${AUTHORIZATION}: ${value}`, `${AUTHORIZATION}: Bearer x`]),
	],
	[
		'Authorization twice, the wrong one first',
		401,
		replaced(AUTHORIZATION, (value) => [`${AUTHORIZATION}: Bearer x`, `${AUTHORIZATION}: ${value}`]),
	],
	['the delivery ID twice', 400, added('X-Nexus-Delivery-Id: other')],
	['a header of 17 kB', 431, added(`X-Large: ${'x'.repeat(17_000)}`)],
	['a length and chunks together', 400, added('Transfer-Encoding: chunked')],
];

describe('hostile input, in a real n8n', () => {
	let scene: Scene;
	let workflow: PublishedTrigger;
	/** Executions that there must be. */
	let started = 0;

	beforeAll(async () => {
		scene = await Scene.share();
		workflow = await scene.published({
			events: ['*'],
			additionalOptions: { includeHeaders: true, includeRawXml: true },
		});
	});
	afterAll(async () => {
		await scene?.client.deactivate(workflow.id);
		await scene?.close();
	});

	it.each(HEADERS)('a request with %s gets %i', async (_what, status, spoil) => {
		const response = await exchange(requestText(spoil));
		expect(response.status).toBe(status);
		expectBare(response);
		await expectStarted(status === 200 ? 1 : 0);
	});

	it('two copies in one packet get two responses and run once', async () => {
		const text = requestText(lines);
		const connection = new RawConnection(workflow.url);
		connection.write(text + text);
		const responses = () => connection.received.split('HTTP/1.1 ').length - 1;
		await waitUntil('both requests have a response', () => responses() === 2);
		connection.cut();
		// A busy n8n may have told both to retry.
		await expectStarted(1);
	});

	it('a gzip body that is cut right behind the limit of n8n is rejected', async () => {
		const headers = { 'Content-Encoding': 'gzip' };
		const response = await workflow.deliver({ body: bombCutBehindLimit(), headers });
		expect([response.status, response.body]).toEqual([413, '']);
		await expectStarted(0);
	});

	it('senders of a byte at a time get 503 and lose their connection while others are served', async () => {
		// More than comes within the test: only n8n can end it.
		const head = requestText(
			replaced('Content-Length', () => ['Content-Length: 1000000']),
			'',
		);
		const slow = Array.from({ length: 20 }, () => {
			const connection = new RawConnection(workflow.url);
			connection.write(head);
			return connection;
		});
		const drip = setInterval(() => {
			for (const connection of slow) connection.write('<');
		}, 100);
		try {
			for (let count = 0; count < 3; count++) {
				expect((await workflow.deliver()).status).toBe(200);
				await expectStarted(1);
			}
			for (const connection of slow) {
				const response = await connection.response();
				expect(response.status).toBe(503);
				expectBare(response);
				await connection.closed;
			}
		} finally {
			clearInterval(drip);
			for (const connection of slow) connection.cut();
		}
		await expectStarted(0);
		expect(scene.log).not.toMatch(/could not be handled|ERR_HTTP_HEADERS_SENT/);
	});

	/** n8n has begun to store an execution when it responds: what was started comes, and nothing else. */
	async function expectStarted(more: 0 | 1): Promise<void> {
		started += more;
		await waitUntil('the execution is stored', () => items().length >= started);
		expect(items()).toHaveLength(started);
	}

	/** Of all executions, without those in which the watch tells of refusals. */
	function items() {
		return storedRuns(scene.database, workflow.id)
			.flatMap((run) => run.items)
			.filter(({ deliveryId }) => deliveryId !== undefined);
	}

	function requestText(spoil: Lines, body = event()): string {
		const timestamp = seconds();
		const headers = {
			Host: 'localhost',
			[AUTHORIZATION]: workflow.webhooks()[0]!.authorizationHeader,
			'X-Nexus-Timestamp': timestamp,
			'X-Nexus-Delivery-Id': randomUUID(),
			[SIGNATURE]: signed(Buffer.from(body), timestamp),
			'Content-Type': 'text/xml',
			'Content-Length': String(body.length),
		};
		const { pathname } = new URL(workflow.url);
		return `POST ${pathname} HTTP/1.1\r\n${spoil(headers).join('\r\n')}\r\n\r\n${body}`;
	}

	function signed(body: Buffer, timestamp: string): string {
		return signDelivery({ secret: scene.site.signingSecret, timestamp, body });
	}

	/** On a connection of its own; again while n8n is too busy to say. */
	async function exchange(text: string): Promise<RawResponse> {
		return await untilFinal(async () => {
			const connection = new RawConnection(workflow.url);
			connection.write(text);
			const response = await connection.response();
			connection.cut();
			return response;
		});
	}
});

/** A status and nothing about the inside, whoever has responded: the node, n8n or Node. */
function expectBare({ head, rest }: RawResponse): void {
	const names = head
		.split('\r\n')
		.slice(1)
		.map((line) => line.split(':')[0]!.toLowerCase());
	const known = ['connection', 'content-length', 'date', 'keep-alive', 'retry-after'];
	// Node responds to some by itself, with no body in no chunks.
	const isChunked = names.includes('transfer-encoding');
	expect(names.filter((name) => !known.includes(name))).toEqual(isChunked ? ['transfer-encoding'] : []);
	expect(rest).toBe(isChunked ? '0\r\n\r\n' : '');
}

function seconds(): string {
	return String(Math.floor(Date.now() / 1000));
}

/** Cut so that it fails right behind the limit of 16 MB, when n8n no longer listens to its inflater. */
function bombCutBehindLimit(): Buffer {
	const whole = gzipSync(Buffer.alloc(20 * MB));
	const inflated = (length: number) =>
		gunzipSync(whole.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH }).length;
	// A byte in there stands for about 1 kB.
	let length = Math.floor((whole.length * 16) / 20);
	while (inflated(length) <= 16 * MB) length += 4;
	return whole.subarray(0, length);
}
