import { describe, expect, it } from 'vitest';
import { type SingleDelivery, signDelivery } from '../support/simulator/index.mts';
import { expectResponse } from '../support/integration/response.mts';
import { eventXml, newDelivery, now, send } from '../support/integration/delivery.mts';
import { BODY_LIMIT } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';

useScenes();

type Changes = Partial<SingleDelivery> | ((scene: Scene) => Partial<SingleDelivery>);

interface Refusal {
	name: string;
	changes: Changes;
	status: number;
	logged: RegExp;
}

const without = (name: string) => ({ headers: { [name]: null } });
const signedAt = (timestamp: string) => ({ timestamp });
const oversize = 'x'.repeat(BODY_LIMIT + 1);

const refusals: Refusal[] = [
	{
		name: 'no Authorization',
		changes: without('Authorization'),
		status: 401,
		logged: /authorization missing/,
	},
	{
		name: 'an empty Authorization',
		changes: { authorization: '' },
		status: 401,
		logged: /authorization/,
	},
	{
		name: 'a wrong Authorization',
		changes: { authorization: 'Bearer wrong' },
		status: 401,
		logged: /authorization wrong/,
	},
	{
		name: 'no delivery id',
		changes: without('X-Nexus-Delivery-Id'),
		status: 400,
		logged: /delivery id missing/,
	},
	{
		name: 'a delivery id with a space',
		changes: { deliveryId: 'a b' },
		status: 400,
		logged: /delivery id malformed/,
	},
	{
		name: 'a delivery id of 300 letters',
		changes: { deliveryId: 'a'.repeat(300) },
		status: 400,
		logged: /delivery id malformed/,
	},
	{
		name: 'no timestamp',
		changes: without('X-Nexus-Timestamp'),
		status: 400,
		logged: /timestamp missing/,
	},
	{
		name: 'a timestamp of words',
		changes: signedAt('yesterday'),
		status: 400,
		logged: /timestamp malformed/,
	},
	{
		name: 'a negative timestamp',
		changes: signedAt('-1769792386'),
		status: 400,
		logged: /timestamp malformed/,
	},
	{
		name: 'a timestamp with a fraction',
		changes: signedAt('1769792386.5'),
		status: 400,
		logged: /timestamp malformed/,
	},
	{
		name: 'a timestamp in hex',
		changes: signedAt('0x6985f001'),
		status: 400,
		logged: /timestamp malformed/,
	},
	{
		name: 'no signature',
		changes: without('X-Nexus-Signature-256'),
		status: 401,
		logged: /signature missing/,
	},
	{
		name: 'a signature without its scheme',
		changes: { headers: { 'X-Nexus-Signature-256': 'a'.repeat(64) } },
		status: 401,
		logged: /signature malformed/,
	},
	{
		name: 'a signature of 63 digits',
		changes: { headers: { 'X-Nexus-Signature-256': `sha256=${'a'.repeat(63)}` } },
		status: 401,
		logged: /signature malformed/,
	},
	{
		name: 'a signature by another algorithm',
		changes: { headers: { 'X-Nexus-Signature-256': `sha1=${'a'.repeat(40)}` } },
		status: 401,
		logged: /signature malformed/,
	},
	{
		name: 'a signature with another secret',
		changes: { secret: 'whsec_other' },
		status: 401,
		logged: /signature wrong/,
	},
	{
		name: 'a signature with an empty secret',
		changes: { secret: '' },
		status: 401,
		logged: /signature wrong/,
	},
	{
		name: 'a signature over another body',
		changes: (scene) => forgedBody(scene),
		status: 401,
		logged: /signature wrong/,
	},
	{
		name: 'a signature over another timestamp',
		changes: (scene) => forgedTime(scene),
		status: 401,
		logged: /signature wrong/,
	},
	{
		name: 'a timestamp of two hours ago',
		changes: () => signedAt(now(-7200)),
		status: 401,
		logged: /outside the window/,
	},
	{
		name: 'a timestamp of 1970',
		changes: signedAt('1'),
		status: 401,
		logged: /outside the window/,
	},
	{
		name: 'a timestamp of 10 minutes ahead',
		changes: () => signedAt(now(600)),
		status: 401,
		logged: /outside the window/,
	},
	{
		name: 'milliseconds of two hours ago',
		changes: () => signedAt(`${now(-7200)}000`),
		status: 401,
		logged: /outside the window/,
	},
	{
		name: 'a body over the limit',
		changes: { body: oversize },
		status: 413,
		logged: /body too large/,
	},
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

describe('responses to deliveries', () => {
	it.each(refusals)('a delivery with $name gets $status and starts no run', async (refusal) => {
		const scene = await openPublished();
		const { changes, status, logged } = refusal;
		const given = typeof changes === 'function' ? changes(scene) : changes;
		log.lines = [];
		expectResponse(await send(scene, newDelivery(scene), given), status);
		expect(scene.host.executions).toEqual([]);
		expect(log.of('warn')).toEqual([expect.stringMatching(logged)]);
		expectNoSecretInLog(scene);
	});

	it.each([
		['nothing unusual', {}],
		['no event type', without('X-Nexus-Event-Type')],
		['the wrong event type', { eventType: 'User_Update' }],
		['a timestamp of 50 minutes ago', () => signedAt(now(-3000))],
		['a timestamp of 4 minutes ahead', () => signedAt(now(240))],
		['a timestamp in milliseconds', () => signedAt(`${now()}000`)],
		['an unknown content type', { contentType: 'application/octet-stream' }],
		['no content type', without('Content-Type')],
		['a delivery id that is not a UUID', { deliveryId: 'delivery-1' }],
		['a second signature beside ours', (scene: Scene) => twoSignatures(scene)],
	] as Array<[string, Changes]>)(
		'a delivery with %s gets 200 and starts one run',
		async (_name, changes) => {
			const scene = await openPublished();
			const given = typeof changes === 'function' ? changes(scene) : changes;
			expectResponse(await send(scene, newDelivery(scene), given), 200);
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

it('each of 20 deliveries with a wrong Authorization gets 401, and the right one runs', async () => {
	const scene = await openPublished();
	const delivery = newDelivery(scene);
	const responses = await Promise.all(
		Array.from({ length: 20 }, () => send(scene, delivery, { authorization: 'Bearer guess' })),
	);
	for (const response of responses) expectResponse(response, 401);
	expectResponse(await send(scene, delivery), 200);
	await scene.host.idle();
	expect(scene.host.items).toMatchObject([{ eventType: 'page_create' }]);
});
