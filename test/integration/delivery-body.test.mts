import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { signDelivery, type SingleDelivery } from '../support/simulator/index.mts';
import { expectAnswer } from '../support/integration/answer.mts';
import { type Delivery, eventXml, newDelivery, send } from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { BODY_LIMIT } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';

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
	expectAnswer(await send(scene, newDelivery(scene)), 200);
	expect(scene.host.executions).toHaveLength(before + 1);
	expect(scene.host.thrown).toEqual([]);
}

describe('a compressed body', () => {
	it.each([
		['gzip', gzipSync],
		['deflate', deflateSync],
	])('is read and its text is what the signature is over (%s)', async (encoding, compress) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const bytes = compress(Buffer.from(delivery.body as string));
		expectAnswer(await send(scene, delivery, encoded(scene, delivery, bytes, encoding)), 200);
		expect(scene.host.items).toEqual([expect.objectContaining({ eventType: 'page_create' })]);
	});

	it.each([
		['is no gzip at all', (bytes: Buffer) => Buffer.from(`plain ${bytes.length}`)],
		['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 12)],
		['is empty', () => Buffer.alloc(0)],
	])('is refused with 400 or 401 when it %s', async (_name, damage) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const bytes = damage(gzipSync(Buffer.from(delivery.body as string)));
		const answer = await send(scene, delivery, encoded(scene, delivery, bytes, 'gzip'));
		expect([400, 401]).toContain(answer.status);
		expectAnswer(answer, answer.status);
		expect(scene.host.executions).toEqual([]);
		await expectNextOneWorks(scene);
	});

	it('is refused with 413 when it is small and what it holds is not', async () => {
		const scene = await openPublished();
		const body = 'x'.repeat(BODY_LIMIT + 1);
		const delivery = { ...newDelivery(scene), body };
		const bytes = gzipSync(Buffer.from(body));
		expectAnswer(await send(scene, delivery, encoded(scene, delivery, bytes, 'gzip')), 413);
		await expectNextOneWorks(scene);
	});
});

describe('a body that is too large', () => {
	it('is refused with 413 when its length says so', async () => {
		const scene = await openPublished();
		const body = `<event type="page:create">${'x'.repeat(BODY_LIMIT)}</event>`;
		expectAnswer(await send(scene, { ...newDelivery(scene), body }), 413);
		await expectNextOneWorks(scene);
	});

	it('is refused with 413 when it comes in chunks and has no length', async () => {
		const scene = await openPublished();
		const body = 'x'.repeat(BODY_LIMIT + 1);
		const request = startRequest(scene, { ...newDelivery(scene), body }, undefined);
		request.write(body);
		expectAnswer(await request.answer, 413);
		request.cut();
		await expectNextOneWorks(scene);
	});
});

describe('a body that does not end', () => {
	it.each([
		['its length is named', 5000],
		['it comes in chunks', undefined],
	])('leaves nothing hanging when the connection is cut and %s', async (_name, length) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const request = startRequest(scene, delivery, length);
		request.write((delivery.body as string).slice(0, 100));
		await new Promise((resolve) => setTimeout(resolve, 50));
		log.lines = [];
		request.cut();
		await scene.host.idle();
		expect(scene.host.executions).toEqual([]);
		expect(scene.host.thrown).toEqual([]);
		expect(log.of('warn')).toEqual([expect.stringMatching(/body incomplete/)]);
		expectAnswer(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('is answered 503 in good time when the sender stalls, and the retry runs', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const request = startRequest(scene, delivery, 5000);
		request.write((delivery.body as string).slice(0, 100));
		const answer = await request.answer;
		expectAnswer(answer, 503);
		request.cut();
		await scene.host.idle();
		expect(scene.host.executions).toEqual([]);
		// It was put off and not refused: nothing else is to be read in the log.
		expect(log.of('warn')).toEqual([expect.stringMatching(/told to retry/)]);
		expectAnswer(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});

	it('is not waited for when the headers alone are enough to refuse', async () => {
		const scene = await openPublished();
		const headers = { Authorization: 'Bearer guess' };
		const request = startRequest(scene, newDelivery(scene), 5000, headers);
		expectAnswer(await request.answer, 401);
		request.cut();
		await expectNextOneWorks(scene);
	});
});

describe('a sender that goes away because n8n is busy', () => {
	/** Sends a body of a claimed length, and is gone before n8n comes to it. */
	async function sendAndGo(scene: Scene, delivery: Delivery, body: string, length?: number) {
		const busy = gate();
		scene.host.prepare = busy.wait;
		const request = startRequest(scene, delivery, length);
		if (length !== undefined && length > Buffer.byteLength(body)) request.write(body);
		else request.end(body);
		await busy.reached;
		await new Promise((resolve) => setTimeout(resolve, 50));
		request.cut();
		await new Promise((resolve) => setTimeout(resolve, 50));
		busy.open();
		await scene.host.idle();
	}

	it.each([
		['its length is named', (body: string) => Buffer.byteLength(body)],
		['it comes in chunks', () => undefined],
	])('gets its delivery run when all of the body had come and %s', async (_name, length) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const body = delivery.body as string;
		await sendAndGo(scene, delivery, body, length(body));
		expect(scene.host.items).toMatchObject([{ deliveryId: delivery.deliveryId }]);
		expectAnswer(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.thrown).toEqual([]);
	});

	it('gets it run with a secret that was changed a moment ago, too', async () => {
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
		['not all of it had come', '', 1, /incomplete/],
		['it is not what was signed', ' ', 0, /signature/],
	])('is refused when %s', async (_name, added, missing, reason) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const body = `${delivery.body as string}${added}`;
		await sendAndGo(scene, delivery, body, Buffer.byteLength(body) + missing);
		expect(scene.host.executions).toEqual([]);
		expect(log.of('warn')).toEqual([expect.stringMatching(reason)]);
	});
});

describe('an authentic body that cannot be read', () => {
	const deep = `<event type="page:create">${'<a>'.repeat(100)}${'</a>'.repeat(100)}</event>`;
	it.each([
		['is empty', ''],
		['is not XML', 'Hello'],
		['is cut off', '<event type="page:create"><page id="1">'],
		['has a DOCTYPE', '<!DOCTYPE event [<!ENTITY a "b">]><event type="page:create">&a;</event>'],
		['has two roots', '<event type="page:create"/><event type="page:create"/>'],
		['holds no event', '<webhooks/>'],
		['is nested too deep', deep],
	])('is emitted with its text and the reason when it %s', async (_name, body) => {
		const scene = await openPublished();
		const delivery = { ...newDelivery(scene), body };
		expectAnswer(await send(scene, delivery), 200);
		expect(scene.host.items).toEqual([
			expect.objectContaining({
				deliveryId: delivery.deliveryId,
				eventType: 'page_create',
				receivedAt: expect.any(String),
				unreadable: expect.stringMatching(/\w+ \w+/),
			}),
		]);
		expect(elementAt(scene.host.items, 0).rawXml ?? '').toBe(body);
		expectAnswer(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});
});

it('reads the charset that the header names', async () => {
	const scene = await openPublished();
	const text = eventXml(scene, { subject: { page: { id: 1, path: 'Größe' } } });
	const xml = text.replace(/^<\?xml[^>]*\?>/, '');
	const body = Buffer.from(xml, 'latin1');
	const changes = { contentType: 'text/xml; charset=iso-8859-1' };
	expectAnswer(await send(scene, { ...newDelivery(scene), body }, changes), 200);
	expect(elementAt(scene.host.items, 0).page).toMatchObject({ path: 'Größe' });
});

it('keeps the bodies of 50 parallel deliveries apart', async () => {
	const scene = await openPublished();
	const deliveries = Array.from({ length: 50 }, (_, id) => ({
		...newDelivery(scene, { subject: { page: { id, path: `Page/${id}_${'x'.repeat(5000)}` } } }),
		deliveryId: `delivery-${id}`,
	}));
	const answers = await Promise.all(deliveries.map((delivery) => send(scene, delivery)));
	for (const answer of answers) expectAnswer(answer, 200);
	const ran = scene.host.items.map(({ deliveryId, page }) => [
		deliveryId,
		(page as { id: string }).id,
	]);
	expect(ran.every(([deliveryId, id]) => deliveryId === `delivery-${id}`)).toBe(true);
	expect(new Set(ran.map(([, id]) => id)).size).toBe(50);
});

it('leaves the body to the node: n8n reads and parses nothing before', async () => {
	const { host } = await openPublished();
	const { description } = host.loaded.trigger;
	expect(description.version).toBe(1);
	expect(description.properties.find(({ name }) => name === 'options')).toMatchObject({
		type: 'hidden',
		default: { binaryData: true },
	});
});
