import { describe, expect, it } from 'vitest';
import { type SingleDelivery, signDelivery } from '../support/simulator/index.mts';
import { expectResponse, eventXml, newDelivery, now, send } from '../support/integration/delivery.mts';
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
	['a wrong Authorization', 401, { authorization: 'Bearer wrong' }, /authorization wrong/],
	['no delivery id', 400, without('X-Nexus-Delivery-Id'), /delivery id missing/],
	['a delivery id with a space', 400, { deliveryId: 'a b' }, /delivery id malformed/],
	['no timestamp', 400, without('X-Nexus-Timestamp'), /timestamp missing/],
	['a timestamp of words', 400, { timestamp: 'yesterday' }, /timestamp malformed/],
	['no signature', 401, without('X-Nexus-Signature-256'), /signature missing/],
	['a signature without its scheme', 401, signature('a'.repeat(64)), /signature malformed/],
	['a signature with another secret', 401, { secret: 'whsec_other' }, /signature wrong/],
	['a signature with an empty secret', 401, { secret: '' }, /signature wrong/],
	['a signature over another body', 401, forgedBody, /signature wrong/],
	['a timestamp of two hours ago', 401, () => ({ timestamp: now(-7200) }), /outside the window/],
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
		['a timestamp of 4 minutes ahead', () => ({ timestamp: now(240) })],
		['a timestamp in milliseconds', () => ({ timestamp: `${now()}000` })],
		['an unknown content type', { contentType: 'application/octet-stream' }],
		['no content type', without('Content-Type')],
		['a delivery id that is not a UUID', { deliveryId: 'delivery-1' }],
	] as Array<[string, Changes]>)('a delivery with %s gets 200 and starts one run', async (_name, changes) => {
		const scene = await openPublished();
		expectResponse(await send(scene, newDelivery(scene), given(scene, changes)), 200);
		expect(scene.host.executions).toHaveLength(1);
		expect(scene.host.items[0]).toMatchObject({ eventType: 'page_create' });
		expect(scene.host.items[0]).not.toHaveProperty('redelivered');
	});
});

it.each<[order: string, changes: Partial<SingleDelivery>, status: number]>([
	['Authorization before delivery id', { authorization: 'x', deliveryId: 'a b' }, 401],
	['delivery id before signature', { deliveryId: 'a b', secret: 'whsec_other' }, 400],
	['timestamp before size', { timestamp: 'x', body: oversize }, 400],
	['age before size', { timestamp: '1', body: oversize }, 401],
])(
	'a delivery with two faults gets the status of the first one in the contract: %s',
	async (_order, changes, status) => {
		const scene = await openPublished();
		expectResponse(await send(scene, newDelivery(scene), changes), status);
		expect(scene.host.executions).toEqual([]);
	},
);

it('the signed event type decides, not the one in the header', async () => {
	const scene = await openPublished();
	const moved = newDelivery(scene, { type: 'page_move' });
	expectResponse(await send(scene, moved, { eventType: 'Page_Create' }), 200);
	expect(scene.host.executions).toEqual([]);
});

describe('credentials that cannot be used', () => {
	const undecryptable = () => {
		throw new Error('Credentials could not be decrypted. whsec_test');
	};

	it.each([
		['has no signing secret', () => ({ signingSecret: '' })],
		['has no API token', () => ({ longTermToken: '' })],
		['cannot be decrypted', undecryptable],
	])('a delivery gets 503 and runs later when the credential %s', async (_name, changes) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const good = scene.host.credential();
		scene.host.credential = () => ({ ...good, ...changes() });
		log.lines = [];
		expectResponse(await send(scene, delivery), 503);
		expectResponse(await send(scene, delivery, { secret: '' }), 503);
		expect(scene.host.executions).toEqual([]);
		expect(log.of('error')[0]).toMatch(/credential/);
		expect(scene.host.thrown).toEqual([]);
		scene.host.credential = () => good;
		expectNoSecretInLog(scene);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});
});

it('the events of a list become the items of one run', async () => {
	const scene = await openPublished();
	const events = [eventXml(scene), eventXml(scene, { type: 'page_delete' }), eventXml(scene, { type: 'page_move' })];
	const bare = events.map((xml) => xml.replace(/^<\?xml[^>]*\?>/, ''));
	const body = `<events>${bare.join('')}</events>`;
	expectResponse(await send(scene, { ...newDelivery(scene), body }), 200);
	expect(scene.host.executions).toHaveLength(1);
	expect(scene.host.items.map(({ eventType }) => eventType)).toEqual(['page_create', 'page_delete']);
});
