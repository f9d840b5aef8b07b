import type { IncomingMessage } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { signDelivery, type SingleDelivery } from '../support/simulator/index.mts';
import {
	expectResponse,
	type Delivery,
	newDelivery,
	send,
} from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { BODY_LIMIT } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, UNSIGNED, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';
import { waitUntil } from '../support/wait.mts';

useScenes();

/** Signs the text and sends other bytes for it, as compression does. */
function encoded(scene: Scene, { body, timestamp }: Delivery, bytes: Buffer, encoding: string) {
	const secret = scene.site.signingSecret;
	const signature = signDelivery({ secret, timestamp, body });
	const headers = { 'X-Nexus-Signature-256': signature, 'Content-Encoding': encoding };
	return { body: bytes, headers } satisfies Partial<SingleDelivery>;
}

async function expectNextOneWorks(scene: Scene): Promise<void> {
	const before = scene.host.executions.length;
	expectResponse(await send(scene, newDelivery(scene)), 200);
	expect(scene.host.executions).toHaveLength(before + 1);
	expect(scene.host.thrown).toEqual([]);
}

describe('compressed bodies', () => {
	it.each([
		['gzip', gzipSync],
		['deflate', deflateSync],
	])(
		'the signature of a compressed body covers its decompressed text (%s)',
		async (encoding, compress) => {
			const scene = await openPublished();
			const delivery = newDelivery(scene);
			const bytes = compress(Buffer.from(delivery.body as string));
			expectResponse(await send(scene, delivery, encoded(scene, delivery, bytes, encoding)), 200);
			expect(scene.host.items).toEqual([expect.objectContaining({ eventType: 'page_create' })]);
		},
	);

	it.each([
		['is not gzip', (bytes: Buffer) => Buffer.from(`plain ${bytes.length}`)],
		['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 12)],
		['is empty', () => Buffer.alloc(0)],
	])('a compressed body that %s gets 400 or 401', async (_name, damage) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const bytes = damage(gzipSync(Buffer.from(delivery.body as string)));
		const response = await send(scene, delivery, encoded(scene, delivery, bytes, 'gzip'));
		expect([400, 401]).toContain(response.status);
		expectResponse(response, response.status);
		expect(scene.host.executions).toEqual([]);
		await expectNextOneWorks(scene);
	});

	it('a small compressed body gets 413 when it inflates beyond the limit', async () => {
		const scene = await openPublished();
		const body = 'x'.repeat(BODY_LIMIT + 1);
		const delivery = { ...newDelivery(scene), body };
		const bytes = gzipSync(Buffer.from(body));
		expectResponse(await send(scene, delivery, encoded(scene, delivery, bytes, 'gzip')), 413);
		await expectNextOneWorks(scene);
	});
});

describe('bodies over the limit', () => {
	it('a body over the limit gets 413 when it comes in chunks without Content-Length', async () => {
		const scene = await openPublished();
		const body = 'x'.repeat(BODY_LIMIT + 1);
		const request = startRequest(scene, { ...newDelivery(scene), body }, undefined);
		request.write(body);
		expectResponse(await request.response, 413);
		request.cut();
		await expectNextOneWorks(scene);
	});
});

describe('incomplete bodies', () => {
	it.each([
		['with Content-Length', 5000],
		['in chunks', undefined],
	])(
		'a connection cut in the middle of a body %s starts no run, and the retry runs',
		async (_name, length) => {
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
		},
	);

	it('a stalled body gets 503 in time, and the retry runs', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const request = startRequest(scene, delivery, 5000);
		request.write((delivery.body as string).slice(0, 100));
		const response = await request.response;
		expectResponse(response, 503);
		request.cut();
		await scene.host.idle();
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
	async function sendAndGo(scene: Scene, delivery: Delivery, body: string, length?: number) {
		const busy = gate();
		const taken = Promise.withResolvers<IncomingMessage>();
		scene.host.prepare = async (request) => {
			taken.resolve(request);
			await busy.wait();
		};
		const bytes = Buffer.byteLength(body);
		const isCutOff = length !== undefined && length > bytes;
		const request = startRequest(scene, delivery, length);
		if (isCutOff) request.write(body);
		else request.end(body);
		const atN8n = await taken.promise;
		const hasCome = () => atN8n.readableLength === bytes && atN8n.complete !== isCutOff;
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
		const body = delivery.body as string;
		await sendAndGo(scene, delivery, body, length(body));
		expect(scene.host.items).toMatchObject([{ deliveryId: delivery.deliveryId }]);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});

	it('a complete body runs although its sender has disconnected and the secret has just changed', async () => {
		const scene = await openPublished();
		await send(scene, newDelivery(scene));
		const credential = { ...scene.host.credential(), signingSecret: 'whsec_new' };
		scene.host.credential = () => credential;
		scene.site.settings.signingSecret = 'whsec_new';
		const delivery = newDelivery(scene);
		const body = delivery.body as string;
		await sendAndGo(scene, delivery, body, Buffer.byteLength(body));
		expect(scene.host.items.at(-1)).toMatchObject({ deliveryId: delivery.deliveryId });
	});

	it.each([
		['its body is incomplete', '', 1, /incomplete/],
		['its body is not the signed one', ' ', 0, /signature/],
	])(
		'a delivery whose sender has disconnected is refused when %s',
		async (_name, added, missing, reason) => {
			const scene = await openPublished();
			const delivery = newDelivery(scene);
			const body = `${delivery.body as string}${added}`;
			await sendAndGo(scene, delivery, body, Buffer.byteLength(body) + missing);
			expect(scene.host.executions).toEqual([]);
			expect(log.of('warn')).toEqual([expect.stringMatching(reason)]);
		},
	);
});

describe('bodies that nobody has begun to read at the deadline', () => {
	/** Reading the credential takes longer than the sender may wait, and Node discards the body. */
	async function sendToSlowCredential({ host, site }: Scene, delivery: Delivery, length?: number) {
		const reading = gate();
		const taken = Promise.withResolvers<IncomingMessage>();
		host.readCredential = reading.wait;
		host.prepare = async (request) => taken.resolve(request);
		const request = startRequest({ host, site }, delivery, length);
		request.end(delivery.body as string);
		expectResponse(await request.response, 503);
		const atN8n = await taken.promise;
		await waitUntil('Node has discarded the body', () => atN8n.destroyed, { intervalMs: 5 });
		host.readCredential = async () => {};
		reading.open();
		await host.idle();
	}

	const stated = (body: string) => Buffer.byteLength(body);
	it.each([
		['unsigned', 'with Content-Length', UNSIGNED, stated],
		['unsigned', 'in chunks', UNSIGNED, () => undefined],
		['signed', 'with Content-Length', {}, stated],
	])(
		'a late credential loses no %s delivery %s: its retry runs',
		async (_name, _how, credential, lengthOf) => {
			const scene = await openPublished({ credential });
			const delivery = newDelivery(scene);
			await sendToSlowCredential(scene, delivery, lengthOf(delivery.body as string));
			expect(scene.host.executions).toEqual([]);
			expectResponse(await send(scene, delivery), 200);
			await scene.host.idle();
			expect(scene.host.items).toEqual([expect.objectContaining({ page: expect.anything() })]);
		},
	);
});

describe('signed bodies that cannot be read', () => {
	const deep = `<event type="page:create">${'<a>'.repeat(100)}${'</a>'.repeat(100)}</event>`;
	it.each([
		['is not XML', 'Hello'],
		['is cut off', '<event type="page:create"><page id="1">'],
		['has a DOCTYPE', '<!DOCTYPE event [<!ENTITY a "b">]><event type="page:create">&a;</event>'],
		['has two roots', '<event type="page:create"/><event type="page:create"/>'],
		['contains no event', '<webhooks/>'],
		['is nested too deeply', deep],
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
	it.each(['page_create', 'page_published'])(
		'an empty document starts no workflow for %s',
		async (event) => {
			const scene = await openPublished({ parameters: { events: [event] } });
			expectResponse(await send(scene, { ...newDelivery(scene), body: ' ' }), 200);
			await scene.host.idle();
			expect(scene.host.executions).toEqual([]);
		},
	);

	it('an empty document is emitted with the reason where all events are chosen', async () => {
		const scene = await openPublished({ parameters: { events: ['*'] } });
		expectResponse(await send(scene, { ...newDelivery(scene), body: '' }), 200);
		expect(scene.host.items).toMatchObject([{ unreadable: 'the document is empty' }]);
	});
});

it('a body in the charset of its Content-Type header is read in that', async () => {
	const scene = await openPublished();
	const text = '<event id="e" type="page:create"><page id="1"><path>Größe</path></page></event>';
	const delivery = { ...newDelivery(scene), body: Buffer.from(text, 'latin1') };
	const contentType = 'text/xml; charset=iso-8859-1';
	expectResponse(await send(scene, delivery, { contentType }), 200);
	expect(scene.host.items).toMatchObject([{ page: { path: 'Größe' } }]);
});

it('n8n leaves reading and parsing of the body to the trigger', async () => {
	const { host } = await openPublished();
	const { description } = host.loaded.trigger;
	expect(description.version).toBe(1);
	expect(description.properties.find(({ name }) => name === 'options')).toMatchObject({
		type: 'hidden',
		default: { binaryData: true },
	});
});
