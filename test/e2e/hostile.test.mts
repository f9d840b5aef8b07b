import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedRuns } from '../support/n8n/runs.mts';
import { signDelivery } from '../support/simulator/index.mts';
import {
	bombCutBehindLimit,
	gzipBomb,
	hostileDocuments,
	MB,
} from '../support/e2e/hostile-documents.mts';
import {
	chunked,
	headerCases,
	headText,
	type RawRequest,
	replaced,
	requestText,
} from '../support/e2e/hostile-headers.mts';
import { waitUntil } from '../support/wait.mts';
import { event, type PublishedTrigger, untilFinal } from '../support/e2e/published-trigger.mts';
import { type RawResponse, RawConnection } from '../support/raw-connection.mts';
import { Scene } from '../support/e2e/scene.mts';

describe('hostile input, in a real n8n', () => {
	let scene: Scene;
	let workflow: PublishedTrigger;
	let pid: number | undefined;
	/** Opened first and looked at last: what never ends must not stay open for ever. */
	let endless: Record<string, RawConnection> = {};
	/** Executions there must be: counted again for each test, so that one failure is one failure. */
	let started = 0;
	/** And over all tests, for those that come late. */
	let startedInAll = 0;
	const outcomes: string[] = [];

	beforeAll(async () => {
		scene = await Scene.open();
		workflow = await scene.published({
			events: ['*'],
			additionalOptions: { includeHeaders: true },
		});
		pid = scene.n8n.pid;
		// The first delivery to a fresh n8n takes seconds.
		expect((await workflow.deliver()).status).toBe(200);
		await expectStarted(1);
		endless = openEndless();
	});

	beforeEach(() => {
		started = executionCount();
	});

	afterAll(async () => {
		console.log(['What became of each:', ...outcomes].join('\n  '));
		for (const connection of Object.values(endless)) connection.cut();
		await scene?.close();
	});

	describe('a document', () => {
		it.each(hostileDocuments)(
			'a delivery of $name runs once if genuine and is rejected if forged',
			async (row) => {
				const body = row.body();
				for (const forged of [{ secret: 'wrong' }, { authorization: 'Bearer wrong' }]) {
					const refused = await workflow.deliver({ body, ...forged });
					expect([refused.status, refused.body]).toEqual([401, '']);
				}
				await expectStarted(0);

				const deliveryId = randomUUID();
				const response = await workflow.deliver({ body, deliveryId });
				expect([response.status, response.body]).toEqual([200, '']);
				await expectStarted(1);
				const [item, ...others] = itemsOf(deliveryId);
				expect(others).toEqual([]);
				outcomes.push(`${row.name}: ${item!.unreadable ?? 'read'} (${response.ms} ms)`);
				if (row.unreadable === undefined) {
					expect(item).not.toHaveProperty('unreadable');
					expect(item).toMatchObject(row.item!);
				} else {
					expect(item!.unreadable).toMatch(row.unreadable);
					expect(item!.rawXml === body).toBe(true);
				}
			},
		);
	});

	describe('headers', () => {
		it.each(headerCases)('a request with $name gets $status', async ({ spoil, status }) => {
			const response = await exchange(spoil(genuine()));
			expect(response.status).toBe(status);
			expectBare(response);
			await expectStarted(status === 200 ? 1 : 0);
		});

		it('two copies in one packet get two responses and run once', async () => {
			const text = requestText(genuine());
			const connection = new RawConnection(workflow.url);
			connection.write(text + text);
			await waitUntil(
				'both requests have a response',
				() => connection.received.split('HTTP/1.1 ').length >= 3,
			);
			connection.cut();
			// A busy n8n may have told both to retry.
			await expectStarted(1);
		});

		it('header names with a meaning in JavaScript are plain names in the item', async () => {
			const given = genuine();
			given.lines.push('__proto__: polluted', 'constructor: x', 'toString: y');
			expect((await exchange(requestText(given))).status).toBe(200);
			await expectStarted(1);
			const [item] = itemsOf(given.deliveryId);
			expect(item!.headers).toMatchObject({ constructor: 'x', tostring: 'y' });
		});
	});

	describe('compression', () => {
		it.each([
			['a gzip body of 1 MB that would be 1 GB', () => gzipBomb(1024), 'gzip', 413],
			[
				'a deflate body that would be 200 MB',
				() => deflateSync(Buffer.alloc(200 * MB)),
				'deflate',
				413,
			],
			['a gzip body that is cut right behind the limit', bombCutBehindLimit, 'gzip', 413],
			['gzip that is none', () => randomBytes(5000), 'gzip', 400],
			['deflate that is none', () => randomBytes(5000), 'deflate', 400],
		])('%s is rejected', async (_name, make, encoding, status) => {
			const headers = { 'Content-Encoding': encoding };
			const response = await workflow.deliver({ body: make(), headers });
			expect([response.status, response.body]).toEqual([status, '']);
			await expectStarted(0);
		});

		it.each([
			['gzip in gzip, of which n8n opens one', (text: Buffer) => gzipSync(gzipSync(text)), 'gzip'],
			['gzip in gzip, named so', (text: Buffer) => gzipSync(gzipSync(text)), 'gzip, gzip'],
			['gzip in capitals', (text: Buffer) => gzipSync(text), 'GZIP'],
			['brotli', (text: Buffer) => brotliCompressSync(text), 'br'],
		])(
			'a body in %s is rejected when its text was signed and runs when its bytes were',
			async (_name, compress, encoding) => {
				const text = Buffer.from(event());
				const body = compress(text);
				const opened = encoding === 'gzip' ? gunzipSync(body) : body;
				const as = (signedBytes: Buffer) => {
					const timestamp = seconds();
					const signature = signed(signedBytes, timestamp);
					const headers = {
						'Content-Encoding': encoding,
						'X-Nexus-Signature-256': signature,
					};
					return { body, timestamp, headers };
				};
				const refused = await workflow.deliver(as(text));
				expect([refused.status, refused.body]).toEqual([401, '']);
				await expectStarted(0);
				const deliveryId = randomUUID();
				expect((await workflow.deliver({ ...as(opened), deliveryId })).status).toBe(200);
				await expectStarted(1);
				expect(itemsOf(deliveryId)).toEqual([
					expect.objectContaining({
						unreadable: expect.any(String),
						rawXml: new TextDecoder().decode(opened),
					}),
				]);
			},
		);

		it('a text body with an unknown Content-Encoding runs', async () => {
			const headers = { 'Content-Encoding': 'x-unknown' };
			expect((await workflow.deliver({ headers })).status).toBe(200);
			await expectStarted(1);
		});

		it.runIf(process.platform === 'linux')(
			'twenty gzip bodies of 1 GB do not grow the memory of n8n by 1 GB',
			async () => {
				const body = gzipBomb(1024);
				const headers = { 'Content-Encoding': 'gzip' };
				const before = peakMemory();
				for (let i = 0; i < 20; i++) {
					expect((await workflow.deliver({ body, headers })).status).toBe(413);
				}
				const grown = peakMemory() - before;
				outcomes.push(`20 gzip bodies of 1 GB: peak memory grew by ${Math.round(grown / MB)} MB`);
				// Less than a single one of them.
				expect(grown).toBeLessThan(1024 * MB);
				await expectStarted(0);
			},
		);
	});

	describe('senders that are slow', () => {
		it('senders of a byte at a time get 503 and lose their connection while others are served', async () => {
			// More than comes within the test: only n8n can end it.
			const endless = 'Content-Length: 1000000';
			const slow = Array.from({ length: 20 }, () => {
				const connection = new RawConnection(workflow.url);
				connection.write(headText(replaced(genuine(), 'Content-Length', endless)));
				return connection;
			});
			const drip = setInterval(() => {
				for (const connection of slow) connection.write('<');
			}, 100);
			try {
				for (let i = 0; i < 10; i++) {
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
		});

		it('a wrong token gets 401 before the body has arrived', async () => {
			const response = await untilFinal(async () => {
				const connection = new RawConnection(workflow.url);
				connection.write(headText(replaced(genuine(), 'Authorization', 'Authorization: Bearer x')));
				const refused = await connection.response();
				connection.cut();
				return refused;
			});
			expect(response.status).toBe(401);
			expectBare(response);
			await expectStarted(0);
		});

		it('a request that never ends loses its connection', async () => {
			for (const [name, connection] of Object.entries(endless)) {
				await connection.closed;
				const [statusLine] = connection.received.split('\r\n');
				outcomes.push(`${name}: ${statusLine || 'no response'}, closed`);
				expect(connection.received).toMatch(/^$|^HTTP\/1\.1 (408|503) [^]*\r\n\r\n$/);
			}
			await expectStarted(0);
		});
	});

	it('n8n has not restarted after all hostile input, and runs a genuine delivery once', async () => {
		expect((await workflow.deliver()).status).toBe(200);
		await expectStarted(1);
		// Refusals that repeat make one execution an hour that tells of them.
		const alerts = alertCount();
		expect(alerts).toBeLessThanOrEqual(1);
		const all = startedInAll + alerts;
		expect(await workflow.executions(all)).toHaveLength(all);
		expect(scene.n8n.pid).toBe(pid);
		expect(scene.n8n.log).not.toMatch(/could not be handled|ERR_HTTP_HEADERS_SENT/);
	});

	/** n8n has begun to store an execution when it responds: what was started comes, and nothing else. */
	async function expectStarted(more: 0 | 1): Promise<void> {
		started += more;
		startedInAll += more;
		const isStored = () => executionCount() >= started;
		if (more === 1) await waitUntil('the execution is stored', isStored);
		expect(executionCount()).toBe(started);
	}

	/** Without those that tell of refusals. */
	function executionCount(): number {
		return countWhere("instr(d.data, 'deliveries in a row') = 0");
	}

	function alertCount(): number {
		return countWhere("instr(d.data, 'deliveries in a row') > 0");
	}

	function countWhere(condition: string): number {
		const sql = `SELECT COUNT(*) AS count FROM execution_entity e JOIN execution_data d ON d.executionId = e.id WHERE e.workflowId = ? AND ${condition}`;
		return scene.database.rows<{ count: number }>(sql, workflow.id)[0]!.count;
	}

	function itemsOf(deliveryId: string) {
		return storedRuns(scene.database, workflow.id)
			.flatMap(({ items }) => items)
			.filter((item) => item.deliveryId === deliveryId);
	}

	function genuine(): RawRequest {
		const body = Buffer.from(event());
		const deliveryId = randomUUID();
		const timestamp = seconds();
		return {
			path: new URL(workflow.url).pathname,
			lines: [
				'Host: localhost',
				`Authorization: ${workflow.webhooks()[0]!.authorizationHeader}`,
				`X-Nexus-Timestamp: ${timestamp}`,
				`X-Nexus-Delivery-Id: ${deliveryId}`,
				`X-Nexus-Signature-256: ${signed(body, timestamp)}`,
				'X-Nexus-Event-Type: Page_Create',
				'Content-Type: text/xml',
				`Content-Length: ${body.length}`,
			],
			body,
			deliveryId,
		};
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

	function openEndless(): Record<string, RawConnection> {
		const open = (text: string) => {
			const connection = new RawConnection(workflow.url);
			connection.write(text);
			return connection;
		};
		return {
			'a connection on which nothing comes': open(''),
			'headers that never end': open(headText(genuine()).slice(0, -4)),
			'a body that never ends': open(headText(genuine())),
			'chunks that never end': open(chunked(genuine(), '5\r\n<even\r\n')),
		};
	}

	/** In bytes, the most that n8n has ever used. */
	function peakMemory(): number {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
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
	expect(names.filter((name) => !known.includes(name))).toEqual(
		isChunked ? ['transfer-encoding'] : [],
	);
	expect(rest).toBe(isChunked ? '0\r\n\r\n' : '');
}

function seconds(): string {
	return String(Math.floor(Date.now() / 1000));
}
