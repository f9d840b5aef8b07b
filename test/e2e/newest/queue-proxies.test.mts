import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../support/http.mts';
import { freePort, onFreePort } from '../../support/local-server.mts';
import { lacks } from '../../support/programs.mts';
import { sendDelivery } from '../../support/simulator/index.mts';
import { waitUntil } from '../../support/wait.mts';
import { Caddy, Nginx, type QueueFront } from '../../support/e2e/proxies.mts';
import { event, untilFinal } from '../../support/e2e/published-trigger.mts';
import { undisturbed } from '../../support/e2e/stream.mts';
import { acceptKnown, expectStrangersHeldBack } from '../../support/e2e/strangers.mts';

const proxies = [
	{
		file: 'nginx-queue.conf',
		isMissing: lacks('nginx'),
		proxy: Nginx,
		asksFirst: true,
	},
	{
		file: 'Caddyfile',
		isMissing: lacks('caddy'),
		proxy: Caddy,
		asksFirst: false,
	},
];

/** A trigger's webhook and one that somebody drew. Caddy has a route for each, and each asks for itself who is ready. */
const PATHS = ['/webhook/an-id/webhook', '/webhook/drawn'];

type Respond = (response: http.ServerResponse) => void;

const ok: Respond = (response) => response.writeHead(200, { 'Content-Length': 0 }).end();
const status =
	(code: number): Respond =>
	(response) =>
		response.writeHead(code).end('n8n says something');
const hangUp: Respond = (response) => response.destroy();
const nothing: Respond = () => {};

/** In the place of a process of n8n: ready or not, and what it has been sent. */
class FakeProcess {
	readiness = ok;
	respond = ok;
	taken: Array<{ path: string; id: string }> = [];
	url = '';
	private server?: http.Server;

	async start(port = 0): Promise<void> {
		this.server = http.createServer((request, response) => {
			if (request.url === '/healthz/readiness') return this.readiness(response);
			const id = String(request.headers['x-nexus-delivery-id'] ?? '');
			this.taken.push({ path: request.url!, id });
			request.resume().on('end', () => this.respond(response));
		});
		await once(this.server.listen(port, '127.0.0.1'), 'listening');
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		if (!this.server?.listening) return;
		const closed = once(this.server, 'close');
		this.server.close();
		this.server.closeAllConnections();
		await closed;
	}

	async startAgain(): Promise<void> {
		if (this.server?.listening) return;
		await this.start(Number(new URL(this.url).port));
	}

	reset(): void {
		Object.assign(this, { readiness: ok, respond: ok, taken: [] });
	}
}

describe.each(proxies)('examples/deploy/$file', ({ file, isMissing, proxy, asksFirst }) => {
	describe.skipIf(isMissing)(`${file} in front of a main and two webhook processes`, () => {
		const main = new FakeProcess();
		const [one, two] = [new FakeProcess(), new FakeProcess()];
		let front: QueueFront;
		let running: Nginx | Caddy;

		beforeAll(async () => {
			await Promise.all([main, one, two].map(async (each) => await each.start()));
			running = await onFreePort(async (port) => {
				const urls = { main: main.url, webhooks: [one.url, two.url] };
				front = { port, tlsPort: await freePort(), ...urls };
				return await proxy.startQueue(front);
			});
		});
		afterAll(async () => {
			await running?.close();
			await Promise.all([main, one, two].map(async (each) => await each.stop()));
		});

		it(
			`${file}: all copies of a delivery meet the same process, and both get their share`,
			undisturbed(untilBothTake, async () => {
				const ids = Array.from({ length: 20 }, () => randomUUID() as string);
				for (const id of [...ids, ...ids, ...ids]) expect((await deliver(id)).status).toBe(200);
				const [first, second] = [one, two].map(({ taken }) => new Set(taken.map(({ id }) => id)));
				expect(first!.size + second!.size).toBe(ids.length);
				expect([...first!].filter((id) => second!.has(id))).toEqual([]);
				expect(Math.min(first!.size, second!.size)).toBeGreaterThan(0);
			}),
		);

		it.each([
			['/webhook/an-id/webhook', 'webhook process'],
			['/webhook/drawn', 'webhook process'],
			['/webhook-waiting/1', 'webhook process'],
			['/form/drawn', 'webhook process'],
			['/form-waiting/1', 'webhook process'],
			['/mcp/drawn', 'webhook process'],
			['/webhook-test/an-id/webhook', 'main process'],
			['/form-test/drawn', 'main process'],
			['/rest/settings', 'main process'],
			['/', 'main process'],
		])(
			`${file}: %s goes to a %s`,
			undisturbed(untilBothTake, async (path, kind) => {
				await send(running.url + path);
				const paths = (kind === 'main process' ? [main] : [one, two]).flatMap(({ taken }) => taken);
				expect(paths).toMatchObject([{ path }]);
				expect([main, one, two].flatMap(({ taken }) => taken)).toHaveLength(1);
			}),
		);

		it.each([
			['says that it is not ready', status(503)],
			['fails', status(500)],
			['hangs up', hangUp],
			['says nothing', nothing],
		])(
			`${file}: deliveries go to the other process while one %s`,
			undisturbed(untilBothTake, async (_case, readiness) => {
				const ids = await idsOf(one);
				one.readiness = readiness;
				if (!asksFirst) await untilTakenBy(two, ids[0]!);
				one.taken = [];
				// A busy proxy may say 503 in place of asking another process: Expert sends it again.
				for (const id of ids) {
					const response = await untilFinal(async () => await deliver(id));
					expect(response.status).toBe(200);
				}
				expect(one.taken).toEqual([]);
			}),
		);

		it(
			`${file}: deliveries go to the other process while one does not listen, and come back`,
			undisturbed(untilBothTake, async () => {
				const ids = await idsOf(one);
				await one.stop();
				// Connections that are open anyway: only a proxy that asks first notices in time.
				if (!asksFirst) await untilTakenBy(two, ids[0]!);
				for (const id of ids) {
					const { status } = await deliver(id);
					expect(asksFirst ? [200] : [200, 503]).toContain(status);
					if (status === 503) await untilTakenBy(two, id);
				}
				const taken = new Set(two.taken.map(({ id }) => id));
				expect(ids.filter((id) => !taken.has(id))).toEqual([]);
				await one.startAgain();
				await untilTakenBy(one, ids[0]!);
			}),
		);

		it(
			`${file}: a delivery that a process has taken goes to no other when that process dies`,
			undisturbed(untilBothTake, async () => {
				const [id] = await idsOf(one);
				one.respond = hangUp;
				two.taken = [];
				const { status, headers, body } = await deliver(id!);
				expect({ status, body }).toEqual({ status: 503, body: '' });
				expect(headers['retry-after']).toBe('1');
				expect(two.taken).toEqual([]);
			}),
		);

		it(
			`${file}: 503 and Retry-After while no process is ready`,
			undisturbed(untilBothTake, async () => {
				one.readiness = two.readiness = status(503);
				for (const path of PATHS) {
					const deliverThere = async () => await deliver(randomUUID(), path);
					const isNoticed = async () => (await deliverThere()).status !== 200;
					if (!asksFirst) await waitUntil(`the proxy notices for ${path}`, isNoticed);
					one.taken = two.taken = [];
					const { status, headers, body } = await deliverThere();
					expect({ status, body }).toEqual({ status: 503, body: '' });
					expect(headers['retry-after']).toBe('1');
					expect([...one.taken, ...two.taken]).toEqual([]);
				}
			}),
		);

		it(
			`${file}: 404 for a trigger becomes 503, and stays for other webhooks, as 401 does`,
			undisturbed(untilBothTake, async () => {
				one.respond = two.respond = status(404);
				const { status: changed, headers, body } = await deliver();
				expect({ changed, body }).toEqual({ changed: 503, body: '' });
				expect(headers['retry-after']).toBe('1');
				const other = await deliver(randomUUID(), '/webhook/drawn');
				expect([other.status, other.body]).toEqual([404, 'n8n says something']);
				one.respond = two.respond = status(401);
				expect((await deliver()).status).toBe(401);
			}),
		);

		// The others have their certificates from elsewhere, and cannot tell strangers.
		if (file === 'nginx-queue.conf') {
			it(
				`${file}: holds back all but a few whose Authorization n8n has never accepted, and nobody else`,
				undisturbed(untilBothTake, async () => {
					one.respond = two.respond = acceptKnown;
					await expectStrangersHeldBack(running.url);
				}),
			);

			it(
				`${file}: TLS`,
				undisturbed(untilBothTake, async () => {
					const url = `https://127.0.0.1:${front.tlsPort}/webhook/an-id/webhook`;
					const headers = { Authorization: 'Bearer key' }; // no stranger
					const request = { method: 'POST', body: event(), headers } as const;
					expect((await send(url, { ...request, acceptSelfSigned: true })).status).toBe(200);
				}),
			);
		}

		async function deliver(deliveryId: string = randomUUID(), path = PATHS[0]) {
			const authentic = { secret: 'any', authorization: 'Bearer key' };
			const delivery = { body: event(), deliveryId, ...authentic, timeoutMs: 20_000 };
			return await sendDelivery(running.url + path, delivery);
		}

		/** Ids of deliveries that the proxy sends to this process. */
		async function idsOf(process: FakeProcess): Promise<string[]> {
			for (let count = 0; count < 20; count++) await deliver();
			return process.taken.map(({ id }) => id);
		}

		/** Until the proxy sends to this process what is its own, or another one's that is away. */
		async function untilTakenBy(process: FakeProcess, id: string) {
			const isTaken = async () => {
				const before = process.taken.length;
				await deliver(id);
				return process.taken.length > before;
			};
			await waitUntil('the proxy sends deliveries to the process', isTaken);
		}

		/** What one test has made the proxy avoid, the next one finds as it should be. */
		async function untilBothTake() {
			await one.startAgain();
			const reset = () => [main, one, two].forEach((each) => each.reset());
			for (const path of PATHS) {
				reset();
				const isShared = async () => {
					for (let count = 0; count < 10; count++) await deliver(randomUUID(), path);
					return one.taken.length > 0 && two.taken.length > 0;
				};
				await waitUntil(`the proxy sends both processes deliveries to ${path}`, isShared);
			}
			reset();
		}
	});
});
