import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { RESPONSE_DEADLINE_MS } from '../../nodes/CxoneExpert/protocol/deadlines.ts';
import { signDelivery } from '../support/simulator/index.mts';
import { expectResponse, type Delivery, newDelivery, send } from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, UNSIGNED, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';
import { elementAt } from '../support/present.mts';
import { waitUntil } from '../support/wait.mts';

useScenes();

async function expectNextOneWorks(scene: Scene): Promise<void> {
	const before = scene.host.executions.length;
	expectResponse(await send(scene, newDelivery(scene)), 200);
	expect(scene.host.executions).toHaveLength(before + 1);
	expect(scene.host.thrown).toEqual([]);
}

it('the signature of a compressed body covers its decompressed text', async () => {
	const scene = await openPublished();
	const { body, timestamp, deliveryId } = newDelivery(scene);
	const secret = scene.site.signingSecret;
	const signature = signDelivery({ secret, timestamp, body });
	const headers = { 'X-Nexus-Signature-256': signature, 'Content-Encoding': 'gzip' };
	const compressed = { body: gzipSync(body), timestamp, deliveryId };
	expectResponse(await send(scene, compressed, { headers }), 200);
	expect(scene.host.items).toEqual([expect.objectContaining({ eventType: 'page_create' })]);
});

describe('incomplete bodies', () => {
	it.each([
		['with Content-Length', 5000],
		['in chunks', undefined],
	])('a connection cut in the middle of a body %s starts no run, and the retry runs', async (_name, length) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const reading = gate();
		reading.open();
		scene.host.read = reading.wait;
		const request = startRequest(scene, delivery, length);
		request.write((delivery.body as string).slice(0, 100));
		await reading.reached;
		log.lines = [];
		request.cut();
		await scene.host.idle();
		expect(scene.host.executions).toEqual([]);
		expect(scene.host.thrown).toEqual([]);
		expect(log.of('warn')).toEqual([expect.stringMatching(/body incomplete/)]);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a stalled body gets 503 in time, and the retry runs', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const reading = gate();
		reading.open();
		scene.host.read = reading.wait;
		stopTime();
		const request = startRequest(scene, delivery, 5000);
		request.write((delivery.body as string).slice(0, 100));
		await reading.reached;
		await letSettle();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expectResponse(await request.response, 503);
		request.cut();
		// The node waits for the rest for ten seconds.
		await passUntil(scene.host.idle());
		expect(scene.host.executions).toEqual([]);
		// The sender was told to retry, not refused: the log says nothing else.
		expect(log.of('warn')).toEqual([expect.stringMatching(/told to retry/)]);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});

	it('a wrong Authorization gets 401 before the body arrives', async () => {
		const scene = await openPublished();
		const headers = { Authorization: 'Bearer guess' };
		const request = startRequest(scene, newDelivery(scene), 5000, headers);
		expectResponse(await request.response, 401);
		request.cut();
		await expectNextOneWorks(scene);
	});
});

it('deliveries get 503 and the log says why once when n8n offers no way to read a body', async () => {
	const scene = await openPublished();
	scene.host.prepare = async (request) => {
		Reflect.deleteProperty(request, 'readRawBody');
		await Promise.resolve();
	};
	log.lines = [];
	for (let count = 0; count < 2; count++) {
		expectResponse(await send(scene, newDelivery(scene)), 503);
	}
	expect(log.of('warn')).toEqual([expect.stringMatching(/offers no way to read the body/)]);
	scene.host.prepare = async () => {};
	await expectNextOneWorks(scene);
});

describe('senders that disconnect while n8n is busy', () => {
	/** Sends a body with this Content-Length, and disconnects before n8n reads it. */
	async function sendAndGo(scene: Scene, delivery: Delivery, length?: number) {
		const body = delivery.body as string;
		const busy = gate();
		const taken = Promise.withResolvers<IncomingMessage>();
		scene.host.prepare = async (request) => {
			taken.resolve(request);
			await busy.wait();
		};
		const bytes = Buffer.byteLength(body);
		const request = startRequest(scene, delivery, length);
		request.end(body);
		const atN8n = await taken.promise;
		const hasCome = () => atN8n.readableLength === bytes && atN8n.complete;
		await waitUntil('the body has come', hasCome, { intervalMs: 5 });
		request.cut();
		await waitUntil('n8n notices that the sender has gone', () => atN8n.destroyed, {
			intervalMs: 5,
		});
		busy.open();
		await scene.host.idle();
	}

	it.each([
		['with Content-Length', (body: string) => Buffer.byteLength(body)],
		['in chunks', () => undefined],
	])('a complete body %s runs although its sender has disconnected', async (_name, length) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		await sendAndGo(scene, delivery, length(delivery.body as string));
		expect(scene.host.items).toMatchObject([{ deliveryId: delivery.deliveryId }]);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});
});

describe('bodies that nobody has begun to read at the deadline', () => {
	/** Reading the credential takes longer than the sender may wait, and Node discards the body. */
	async function sendToSlowCredential({ host, site }: Scene, delivery: Delivery, length?: number) {
		const reading = gate();
		const taken = Promise.withResolvers<IncomingMessage>();
		host.readCredential = reading.wait;
		host.prepare = async (request) => taken.resolve(request);
		stopTime();
		const request = startRequest({ host, site }, delivery, length);
		request.end(delivery.body as string);
		await reading.reached;
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expectResponse(await request.response, 503);
		const atN8n = await taken.promise;
		// Node discards the body.
		while (!atN8n.destroyed) await letSettle();
		host.readCredential = async () => {};
		reading.open();
		await host.idle();
	}

	const stated = (body: string) => Buffer.byteLength(body);
	it.each([
		['unsigned', 'with Content-Length', UNSIGNED, stated],
		['unsigned', 'in chunks', UNSIGNED, () => undefined],
		['signed', 'with Content-Length', {}, stated],
	])('a late credential loses no %s delivery %s: its retry runs', async (_name, _how, credential, lengthOf) => {
		const scene = await openPublished({ credential });
		const delivery = newDelivery(scene);
		await sendToSlowCredential(scene, delivery, lengthOf(delivery.body as string));
		expect(scene.host.executions).toEqual([]);
		expectResponse(await send(scene, delivery), 200);
		await scene.host.idle();
		expect(scene.host.items).toEqual([expect.objectContaining({ page: expect.anything() })]);
	});
});

describe('signed bodies that cannot be read', () => {
	it.each([
		['is not XML', 'Hello'],
		['contains no event', '<webhooks/>'],
	])('a signed body that %s is emitted with its text and the reason', async (_name, body) => {
		const scene = await openPublished();
		const delivery = { ...newDelivery(scene), body };
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.items).toEqual([
			expect.objectContaining({
				deliveryId: delivery.deliveryId,
				eventType: 'page_create',
				receivedAt: expect.any(String),
				unreadable: expect.stringMatching(/\w+ \w+/),
			}),
		]);
		expect(elementAt(scene.host.items, 0).rawXml ?? '').toBe(body);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});
});

describe('signed empty documents', () => {
	it('an empty document starts no workflow where events are chosen', async () => {
		const scene = await openPublished();
		expectResponse(await send(scene, { ...newDelivery(scene), body: ' ' }), 200);
		await scene.host.idle();
		expect(scene.host.executions).toEqual([]);
	});

	it('an empty document is emitted with the reason where all events are chosen', async () => {
		const scene = await openPublished({ parameters: { events: ['*'] } });
		expectResponse(await send(scene, { ...newDelivery(scene), body: '' }), 200);
		expect(scene.host.items).toMatchObject([{ unreadable: 'the document is empty' }]);
	});
});
