import { describe, expect, it } from 'vitest';
import { type SingleDelivery, signDelivery } from '../support/simulator/index.mts';
import {
	expectResponse,
	eventXml,
	newDelivery,
	now,
	send,
} from '../support/integration/delivery.mts';
import { BODY_LIMIT } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';

useScenes();

type Changes = Partial<SingleDelivery> | ((scene: Scene) => Partial<SingleDelivery>);

const without = (name: string) => ({ headers: { [name]: null } });
const signature = (text: string) => ({ headers: { 'X-Nexus-Signature-256': text } });
const oversize = 'x'.repeat(BODY_LIMIT + 1);

const refusals: Array<[what: string, status: number, changes: Changes, logged: RegExp]> = [
	['no Authorization', 401, without('Authorization'), /authorization missing/],
	['an empty Authorization', 401, { authorization: '' }, /authorization/],
	['a wrong Authorization', 401, { authorization: 'Bearer wrong' }, /authorization wrong/],
	['no delivery id', 400, without('X-Nexus-Delivery-Id'), /delivery id missing/],
	['a delivery id with a space', 400, { deliveryId: 'a b' }, /delivery id malformed/],
	['a delivery id of 300 letters', 400, { deliveryId: 'a'.repeat(300) }, /delivery id malformed/],
	['no timestamp', 400, without('X-Nexus-Timestamp'), /timestamp missing/],
	['a timestamp of words', 400, { timestamp: 'yesterday' }, /timestamp malformed/],
	['a date as timestamp', 400, { timestamp: new Date().toISOString() }, /timestamp malformed/],
	['a timestamp with a fraction', 400, () => ({ timestamp: `${now()}.5` }), /timestamp malformed/],
	['no signature', 401, without('X-Nexus-Signature-256'), /signature missing/],
	['a signature without its scheme', 401, signature('a'.repeat(64)), /signature malformed/],
	['a signature by another algorithm', 401, signature('sha1=aaaa'), /signature malformed/],
	['a signature with another secret', 401, { secret: 'whsec_other' }, /signature wrong/],
	['a signature with an empty secret', 401, { secret: '' }, /signature wrong/],
	['a signature over another body', 401, forgedBody, /signature wrong/],
	['a signature over another timestamp', 401, forgedTime, /signature wrong/],
	['a timestamp of two hours ago', 401, () => ({ timestamp: now(-7200) }), /outside the window/],
	['a timestamp of 1970', 401, { timestamp: '1' }, /outside the window/],
	['a timestamp of 10 minutes ahead', 401, () => ({ timestamp: now(600) }), /outside the window/],
	['a body over the limit', 413, { body: oversize }, /body too large/],
];

/** What was signed was another body with the same timestamp. */
function forgedBody(scene: Scene): Partial<SingleDelivery> {
	const timestamp = now();
	const secret = scene.site.signingSecret;
	const signature = signDelivery({ secret, timestamp, body: Buffer.from(eventXml(scene)) });
	return { timestamp, headers: { 'X-Nexus-Signature-256': signature } };
}

function forgedTime(scene: Scene): Partial<SingleDelivery> {
	const body = eventXml(scene);
	const secret = scene.site.signingSecret;
	const signature = signDelivery({ secret, timestamp: now(-7200), body: Buffer.from(body) });
	return { body, timestamp: now(), headers: { 'X-Nexus-Signature-256': signature } };
}

function given(scene: Scene, changes: Changes): Partial<SingleDelivery> {
	return typeof changes === 'function' ? changes(scene) : changes;
}

describe('responses to deliveries', () => {
	it.each(refusals)(
		'a delivery with %s gets %i, is one line of the log and starts no run',
		async (_what, status, changes, logged) => {
			const scene = await openPublished();
			log.lines = [];
			expectResponse(await send(scene, newDelivery(scene), given(scene, changes)), status);
			expect(scene.host.executions).toEqual([]);
			expect(log.of('warn')).toEqual([expect.stringMatching(logged)]);
			expectNoSecretInLog(scene);
		},
	);

	it.each([
		['nothing unusual', {}],
		['no event type', without('X-Nexus-Event-Type')],
		['the wrong event type', { eventType: 'User_Update' }],
		['a timestamp of 50 minutes ago', () => ({ timestamp: now(-3000) })],
		['a timestamp of 4 minutes ahead', () => ({ timestamp: now(240) })],
		['a timestamp in milliseconds', () => ({ timestamp: `${now()}000` })],
		['an unknown content type', { contentType: 'application/octet-stream' }],
		['no content type', without('Content-Type')],
		['a delivery id that is not a UUID', { deliveryId: 'delivery-1' }],
		['a second signature beside ours', twoSignatures],
	] as Array<[string, Changes]>)(
		'a delivery with %s gets 200 and starts one run',
		async (_name, changes) => {
			const scene = await openPublished();
			expectResponse(await send(scene, newDelivery(scene), given(scene, changes)), 200);
			expect(scene.host.executions).toHaveLength(1);
			expect(scene.host.items[0]).toMatchObject({ eventType: 'page_create' });
			expect(scene.host.items[0]).not.toHaveProperty('redelivered');
		},
	);
});

function twoSignatures(scene: Scene): Partial<SingleDelivery> {
	const body = eventXml(scene);
	const timestamp = now();
	const secret = scene.site.signingSecret;
	const signature = signDelivery({ secret, timestamp, body: Buffer.from(body) });
	const headers = { 'X-Nexus-Signature-256': `sha256=${'0'.repeat(64)}, ${signature}` };
	return { body, timestamp, headers };
}

/** Two reasons at once: the one that comes first in the table of the contract decides. */
const orders: Array<[string, Partial<SingleDelivery>, number]> = [
	[
		'Authorization before timestamp',
		{ ...without('X-Nexus-Timestamp'), authorization: 'Bearer x' },
		401,
	],
	[
		'Authorization before delivery id',
		{ ...without('X-Nexus-Delivery-Id'), authorization: 'Bearer x' },
		401,
	],
	[
		'delivery id before signature',
		{ headers: { 'X-Nexus-Delivery-Id': null, 'X-Nexus-Signature-256': null } },
		400,
	],
	['timestamp before signature', { timestamp: 'x', secret: 'whsec_other' }, 400],
	['timestamp before size', { timestamp: 'x', body: oversize }, 400],
	[
		'form of the signature before size',
		{ ...without('X-Nexus-Signature-256'), body: oversize },
		401,
	],
	['age before size', { timestamp: '1', body: oversize }, 401],
];

it.each(orders)(
	'a delivery with two faults gets the status of the first one in the contract: %s',
	async (_name, changes, status) => {
		const scene = await openPublished();
		expectResponse(await send(scene, newDelivery(scene), changes), status);
		expect(scene.host.executions).toEqual([]);
	},
);

it('the log of a refused delivery contains no control characters and no long id', async () => {
	const scene = await openPublished();
	log.lines = [];
	await send(scene, newDelivery(scene), {
		deliveryId: `x\u0085${'y'.repeat(150)}`,
		secret: 'other',
	});
	const [line] = log.of('warn');
	expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
	expect(line).not.toContain('y'.repeat(60));
});
