import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { upgrade } from 'undici';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fates, rerunInterrupted } from '../../support/chaos/fates.mts';
import { send } from '../../support/http.mts';
import { N8nClient } from '../../support/n8n/client.mts';
import { type Run, storedRuns } from '../../support/n8n/runs.mts';
import { withEditor } from '../../support/n8n/settings.mts';
import { sendDelivery, signDelivery, type SingleDelivery } from '../../support/simulator/index.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';
import { onFreePort } from '../../support/local-server.mts';
import { lacks } from '../../support/programs.mts';
import { waitUntil } from '../../support/wait.mts';
import { Nginx, openBehindNginx } from '../../support/e2e/proxies.mts';
import { event, type PublishedTrigger, untilFinal } from '../../support/e2e/published-trigger.mts';
import {
	undisturbed,
	ACKNOWLEDGED,
	type Attempt,
	DeliveryStream,
	NO_CONNECTION,
	TIMED_OUT,
} from '../../support/e2e/stream.mts';
import { type Scene, TRIGGER } from '../../support/e2e/scene.mts';
import { startLoad, untilDelivered } from '../../support/e2e/under-load.mts';
import { acceptKnown, expectStrangersHeldBack, KNOWN } from '../../support/e2e/strangers.mts';

const isMissing = lacks('nginx');

/** More on demand. */
const KILLS = Number(process.env.KILLS ?? 1);
/** So many that some start an execution together. */
const EVENTS_PER_SECOND = 4;
/** The site waits so briefly for a response that it sends again what n8n has saved. */
const HASTE_MS = 30;
/** How long n8n may take to finish: a busy machine needs minutes. */
const MAX_WORK_MS = 600_000;
/** What the proxy loses must not come from the site all the same. */
const NOT_RECOVERED = { recoverMissedChanges: false };

/** Expert retries after these; after any other response it is done with an event. */
const SENT_AGAIN = ['503', TIMED_OUT, NO_CONNECTION];

describe.skipIf(isMissing)('examples/deploy/nginx.conf in front of a real n8n', () => {
	let scene: Scene;
	let nginx: Nginx;
	let workflow: PublishedTrigger;
	/** Where Expert sends to, and what it sends along. */
	let url: string;
	let authorization: string;

	beforeAll(async () => {
		// What is tested is in front of n8n: the quick engine leaves more time for it.
		const env = { ...withEditor, N8N_EXPRESSION_ENGINE: 'legacy' };
		({ scene, nginx } = await openBehindNginx(env, { ...quickPatientSite, deliveryTimeoutMs: HASTE_MS }));
		workflow = await scene.published({
			events: ['page_create'],
			additionalOptions: { ...NOT_RECOVERED, includeRawXml: true },
		});
		url = nginx.url + new URL(workflow.url).pathname;
		authorization = workflow.webhooks(url)[0]!.authorizationHeader;
	});
	afterAll(async () => {
		await nginx?.close();
		await scene?.close();
	});

	it.each([
		['text that is not ASCII', event({ inside: '<note>Größe, 日本, 🎉</note>' }), false],
		['2 MB', event({ inside: `<note>${'Größe '.repeat(300_000)}</note>` }), false],
		['gzip', event({ inside: '<note>日本</note>' }), true],
	])('nginx passes a delivery on byte for byte: %s', async (_case, body, gzip) => {
		const timestamp = String(Math.floor(Date.now() / 1000));
		const signature = signDelivery({ secret: scene.site.signingSecret, timestamp, body });
		const packed = {
			body: gzipSync(body),
			headers: { 'Content-Encoding': 'gzip', 'X-Nexus-Signature-256': signature },
		};
		const deliveryId = randomUUID();
		const delivery = { deliveryId, timestamp, ...(gzip ? packed : { body }) };
		const response = await workflow.deliver({ authorization, ...delivery }, url);
		expect(response.status).toBe(200);
		expect(response.headers['content-length']).toBe('0');
		expect(response.body).toBe('');
		await scene.database.executionsWritten();
		const items = storedRuns(scene.database, workflow.id).flatMap((run) => run.items);
		const item = items.find((candidate) => candidate.deliveryId === deliveryId);
		// Not toBe(body): nobody wants to read 2 MB of difference.
		expect(item?.rawXml === body).toBe(true);
	});

	it('nginx turns 404 for an unknown trigger into 503, and leaves other webhooks alone', async () => {
		const response = await workflow.send({}, `${nginx.url}/webhook/${randomUUID()}/webhook`);
		expect(response).toMatchObject({ status: 503, body: '' });
		expect(response.headers).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
		const other = await workflow.deliver({}, `${nginx.url}/webhook/${randomUUID()}`);
		expect(other.status).toBe(404);
		expect(other.body).toMatch(/not registered/);
	});

	it('nginx passes the editor on: pages, API and live connection', async () => {
		expect((await send(nginx.url)).body).toMatch(/n8n/);
		const client = new N8nClient(nginx.url);
		await client.login();
		expect(await client.workflow(workflow.id)).toMatchObject({ id: workflow.id });
		await expectLiveConnection(nginx.url, client.sessionCookie);
	});

	it('deliveries through nginx get 503 or run while n8n is stopped, killed and started: none is lost or runs twice unmarked, one or several per execution', async () => {
		const additionalOptions = { ...NOT_RECOVERED, deliveriesPerExecution: 'one' };
		const one = await scene.published({ events: ['page_create'], additionalOptions });
		const load = startLoad(scene.site, EVENTS_PER_SECOND);
		const cutOff: Run[] = [];
		const { direct, proxied } = await both(async (streams) => {
			await scene.n8n.restart();
			for (let kill = 0; kill < KILLS; kill++) {
				await streams.proxied.untilAcknowledged();
				await scene.n8n.kill();
				cutOff.push(...[workflow, one].flatMap((each) => each.openRuns()));
				await scene.n8n.start();
			}
		});
		const { events } = load.stop();
		await untilDelivered(scene.site, MAX_WORK_MS);
		await scene.client.deactivate(one.id);
		for (const each of [workflow, one]) {
			await each.settled(
				MAX_WORK_MS,
				cutOff.filter(({ status }) => status === 'running'),
			);
			await expectEachOnce(each, events);
		}
		const inOne = ({ id }: PublishedTrigger) => storedRuns(scene.database, id).map(({ items }) => items.length);
		expect(Math.max(...inOne(one))).toBe(1);
		expect(Math.max(...inOne(workflow))).toBeGreaterThan(1);
		await expectNothingLost(proxied);
		// The control: n8n alone rejects deliveries permanently while it starts.
		expect(outcomes(direct)).toContain('404');
		expect(lost(direct).length).toBeGreaterThan(0);
	});

	it('deliveries through nginx get 503 or run while a changed trigger is published again', async () => {
		// n8n first forgets the address and then has the site remove the webhook. With a site that takes
		// its time that can be met; on a busy machine not at the first try.
		scene.site.faults.add({ match: { method: 'DELETE' }, effect: { delayMs: 1_000 } });
		let version = 0;
		const { direct, proxied } = await both(async (streams) => {
			const isMet = async () => {
				await changeTrigger(++version);
				await scene.client.activate(workflow.id);
				return streams.direct.hasMet('404') && streams.proxied.hasMet('503');
			};
			await waitUntil('both streams meet the gap', isMet);
		});
		scene.site.faults.clear();
		await expectNothingLost(proxied);
		expect(outcomes(direct)).toContain('404');
	});

	/** Two streams through `act`, from one acknowledged delivery to another: past nginx, through it. */
	async function both(act: (streams: Record<'direct' | 'proxied', DeliveryStream>) => Promise<void>) {
		const [direct, proxied] = [workflow.url, url].map((target) => {
			const send = async (changes: Partial<SingleDelivery>) =>
				await workflow.send({ authorization, ...changes }, target);
			return new DeliveryStream(send, { timeoutMs: 10_000 });
		}) as [DeliveryStream, DeliveryStream];
		await proxied.untilAcknowledged();
		await act({ direct, proxied });
		await proxied.untilAcknowledged();
		return { direct: await direct.end(), proxied: await proxied.end() };
	}

	/** What a kill has cut off runs when somebody has it run again, except what n8n shows as running for ever. */
	async function expectEachOnce(each: PublishedTrigger, events: string[]) {
		const { attempts, ...found } = fates(scene, each, events);
		expect(found).toMatchObject({ lost: [], unmarkedDuplicates: [] });
		expect(attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
		const stuck = new Set(each.openRuns().flatMap(({ items }) => items.map(({ eventId }) => eventId)));
		const interrupted = await rerunInterrupted(scene, each);
		expect(interrupted.filter((event) => !stuck.has(event))).toEqual([]);
	}

	async function expectNothingLost(attempts: Attempt[]) {
		await scene.database.executionsWritten();
		expect(lost(attempts)).toEqual([]);
		expect(outcomes(attempts)).not.toContain(NO_CONNECTION);
		expect(outcomes(attempts)).toEqual(expect.arrayContaining([ACKNOWLEDGED, '503']));
	}

	/** Attempts after which Expert is done with an event that has not run. */
	function lost(attempts: Attempt[]): Attempt[] {
		const runs = storedRuns(scene.database, workflow.id);
		const ran = new Set(runs.flatMap(({ items }) => items.map(({ eventId }) => eventId)));
		return attempts.filter(({ outcome, eventId }) => !SENT_AGAIN.includes(outcome) && !ran.has(eventId));
	}

	/** To another list of events each time. */
	async function changeTrigger(version: number) {
		const { nodes } = await scene.client.workflow(workflow.id);
		const events = ['page_create', version % 2 === 0 ? 'page_move' : 'page_delete'];
		const change = (node: (typeof nodes)[number]) => ({
			...node,
			parameters: { ...node.parameters, events },
		});
		await scene.client.updateWorkflow(workflow.id, {
			nodes: nodes.map((node) => (node.name === TRIGGER ? change(node) : node)),
		});
	}
});

describe.skipIf(isMissing)('examples/deploy/nginx.conf in front of anything else', () => {
	let upstream: http.Server;
	let nginx: Nginx;
	type Respond = (response: http.ServerResponse) => void;
	const isReady: Respond = (response) => response.writeHead(200).end('{"status":"ok"}');
	const accept: Respond = (response) => response.writeHead(200, { 'Content-Length': 0 }).end();
	let readiness: Respond = isReady;
	let respond = accept;
	let requests: string[] = [];

	beforeAll(async () => {
		upstream = http.createServer((request, response) => {
			requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
			if (request.url === '/healthz/readiness') readiness(response);
			else respond(response);
		});
		await once(upstream.listen(0, '127.0.0.1'), 'listening');
		const { port: upstreamPort } = upstream.address() as AddressInfo;
		const upstreamUrl = `http://127.0.0.1:${upstreamPort}`;
		nginx = await onFreePort(async (port) => await Nginx.start({ port, upstream: upstreamUrl }));
		// No stranger from now on; and nothing is left of the "yes" for which nginx had to ask.
		await untilFinal(async () => await deliver('/webhook/an-id/webhook'));
		readiness = (response) => response.writeHead(503).end();
		const isHeldBack = async () => (await deliver('/webhook/an-id/webhook')).status === 503;
		await waitUntil('nginx asks again', isHeldBack);
	});
	afterAll(async () => {
		await nginx?.close();
		upstream?.closeAllConnections();
		upstream?.close();
	});

	it.each([
		['says that it is not ready', (response) => response.writeHead(503).end('{"status":"error"}')],
		['fails', (response) => response.writeHead(500).end()],
		['points elsewhere', (response) => response.writeHead(302, { Location: '/' }).end()],
		['hangs up', (response) => response.destroy()],
		['says nothing', () => {}],
	] as Array<[string, Respond]>)(
		'nginx holds a delivery back and responds 503 when n8n %s',
		undisturbed(ready, async (_case, response) => {
			readiness = response;
			for (const path of ['/webhook/an-id/webhook', '/webhook/drawn']) {
				requests = [];
				const { status, body, headers } = await deliver(path);
				expect({ status, body }).toEqual({ status: 503, body: '' });
				expect(headers['retry-after']).toBe('1');
				// The question goes without the secret of the delivery.
				expect(requests).toEqual(['GET /healthz/readiness ']);
			}
		}),
	);

	it('nginx gives up a delivery to which n8n never responds', async () => {
		readiness = isReady;
		respond = () => {};
		onTestFinished(() => void (respond = accept));
		const { status, body } = await deliver('/webhook/an-id/webhook');
		expect({ status, body }).toEqual({ status: 503, body: '' });
	});

	it(
		'nginx holds back all but a few whose Authorization n8n has never accepted, and nobody else',
		undisturbed(ready, async () => {
			respond = acceptKnown;
			onTestFinished(() => void (respond = accept));
			await expectStrangersHeldBack(nginx.url);
		}),
	);

	it('nginx notes only the end of an Authorization that n8n has accepted', async () => {
		readiness = isReady;
		await untilFinal(async () => await deliver('/webhook/an-id/webhook', KNOWN));
		const known = await nginx.known();
		expect(known).toContain(`KEY: an-id ${KNOWN.slice(-10)}\n`);
		expect(known).not.toContain(KNOWN.slice(-11));
	});

	/** nginx remembers no refusal, so there is nothing to wait for. */
	async function ready() {
		readiness = isReady;
	}

	async function deliver(path: string, authorization = 'Bearer key') {
		const authentic = { secret: 'any', authorization };
		const delivery = { body: event(), ...authentic, timeoutMs: 60_000 };
		return await sendDelivery(nginx.url + path, delivery);
	}
});

/** As the editor opens it; throws when the response is not 101. */
async function expectLiveConnection(baseUrl: string, cookie: string): Promise<void> {
	const { socket } = await upgrade(`${baseUrl}/rest/push?pushRef=test`, {
		protocol: 'websocket',
		headers: {
			'Sec-WebSocket-Version': '13',
			'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
			Cookie: cookie,
			Origin: baseUrl,
		},
	});
	socket.destroy();
}

function outcomes(attempts: Attempt[]): string[] {
	return [...new Set(attempts.map(({ outcome }) => outcome))];
}
