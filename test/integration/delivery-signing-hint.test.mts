import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectAnswer } from '../support/integration/answer.mts';
import {
	authorizationAt,
	type Delivery,
	newDelivery,
	send,
} from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';

useScenes();

/** Sends a delivery that is signed with this key. */
async function sendSigned(scene: Scene, key: string, delivery: Delivery = newDelivery(scene)) {
	return await send(scene, delivery, { secret: key });
}

describe('a delivery whose signature alone is wrong', () => {
	it.each([
		['the whole Authorization value of the deliveries', authorizationAt],
		[
			'the delivery token without its scheme',
			(scene: Scene) => authorizationAt(scene).replace('Bearer ', ''),
		],
		['the guid of the webhook', (scene: Scene) => scene.site.webhooks()[0]!.guid],
		['the long-term token', (scene: Scene) => scene.site.jwt],
	])('is refused, and the log says that %s would fit', async (label, keyOf) => {
		const scene = await openPublished();
		const key = keyOf(scene);
		const delivery = newDelivery(scene);
		expectAnswer(await sendSigned(scene, key, delivery), 401);
		expect(log.of('warn')).toEqual([
			`CXone Expert delivery ${delivery.deliveryId} refused: signature wrong. It was signed with ${label}: enter that as Signing Secret (node "CXone Expert Trigger")`,
		]);
		expect(log.lines.map(({ all }) => all).join()).not.toContain(key);
		expect(scene.host.executions).toEqual([]);
	});

	it('is refused without a hint when none of the likely keys fits', async () => {
		const scene = await openPublished();
		expectAnswer(await sendSigned(scene, 'whsec_other'), 401);
		expect(log.of('warn')).toEqual([expect.stringMatching(/refused: signature wrong \(node/)]);
	});

	it('has the site asked once a minute at most, and not at all when the token is wrong', async () => {
		const scene = await openPublished();
		const before = scene.site.apiCalls.length;
		await send(scene, newDelivery(scene), { authorization: 'Bearer guess', secret: 'x' });
		expect(scene.site.apiCalls).toHaveLength(before);
		await sendSigned(scene, 'whsec_other');
		const asked = scene.site.apiCalls.length;
		expect(asked).toBeGreaterThan(before);
		for (let count = 0; count < 5; count++) await sendSigned(scene, 'whsec_other');
		expect(scene.site.apiCalls).toHaveLength(asked);
	});

	it('is refused all the same when the site does not answer in time', async () => {
		const scene = await openPublished();
		scene.site.faults.add({ effect: { hang: true } });
		const started = performance.now();
		expectAnswer(await sendSigned(scene, 'whsec_other'), 401);
		expectAnswer(await sendSigned(scene, 'whsec_other'), 401);
		// Not the time-out of a call, which is five seconds.
		expect(performance.now() - started).toBeLessThan(4_000);
	});

	it('is refused all the same when the site cannot be asked', async () => {
		const scene = await openPublished();
		const authorization = authorizationAt(scene);
		const delivery = newDelivery(scene);
		await scene.site.close();
		const answer = await send(scene, delivery, { authorization, secret: 'whsec_other' });
		expectAnswer(answer, 401);
	});
});

describe('a secret that the site names itself', () => {
	const site = { secretInCreateAnswer: true, secretInEachAnswer: true };
	const withoutSecret = { credential: { signingSecret: '' }, site };

	it('is used when the credential has none, read afresh into memory and stored nowhere', async () => {
		const scene = await openPublished(withoutSecret);
		const secret = scene.site.signingSecret;
		expectAnswer(await sendSigned(scene, secret), 200);
		await scene.host.restart();
		expectAnswer(await sendSigned(scene, secret), 200);
		expect(scene.host.executions).toHaveLength(2);
		expect(scene.host.row.staticData).not.toContain(secret);
		expect(log.lines.map(({ all }) => all).join()).not.toContain(secret);
	});

	it('lets no forgery in', async () => {
		const scene = await openPublished(withoutSecret);
		expectAnswer(await sendSigned(scene, 'whsec_other'), 401);
		expect(scene.host.executions).toEqual([]);
	});

	it('is asked for also when only the credential as it is now knows the token', async () => {
		const scene = await openPublished(withoutSecret);
		const secret = scene.site.signingSecret;
		expectAnswer(await sendSigned(scene, secret), 200);
		const changed = { ...scene.host.credential(), deliveryToken: 'Bearer new-token' };
		scene.host.credential = () => changed;
		const authorization = 'Bearer new-token';
		expectAnswer(await send(scene, newDelivery(scene), { authorization, secret }), 200);
	});

	it('is asked for anew before what a new secret has signed is refused', async () => {
		const scene = await openPublished(withoutSecret);
		expectAnswer(await sendSigned(scene, scene.site.signingSecret), 200);
		scene.site.settings.signingSecret = 'whsec_rotated-at-the-site';
		expectAnswer(await sendSigned(scene, 'whsec_rotated-at-the-site'), 200);
	});

	it('is not known while the site cannot be asked: the delivery is to come again', async () => {
		const scene = await openPublished(withoutSecret);
		expectAnswer(await sendSigned(scene, scene.site.signingSecret), 200);
		scene.site.settings.signingSecret = 'whsec_rotated-at-the-site';
		const fault = { effect: { status: 500 } };
		scene.site.faults.add(fault);
		expectAnswer(await sendSigned(scene, 'whsec_rotated-at-the-site'), 503);
	});

	it('is used beside one in the credential that does not fit', async () => {
		const scene = await openPublished({ site, credential: { signingSecret: 'whsec_typo' } });
		expectAnswer(await sendSigned(scene, scene.site.signingSecret), 200);
	});

	it('is waited for when the site does not answer in time: the delivery is not refused', async () => {
		const scene = await openPublished(withoutSecret);
		scene.site.faults.add({ effect: { hang: true } });
		expectAnswer(await sendSigned(scene, scene.site.signingSecret), 503);
		expect(scene.host.executions).toEqual([]);
	});

	it('is asked for again when the site did not name it: the delivery is not refused', async () => {
		const scene = await openPublished(withoutSecret);
		scene.site.settings.secretInEachAnswer = false;
		expectAnswer(await sendSigned(scene, scene.site.signingSecret), 503);
		expect(log.of('error')).toEqual([expect.stringContaining('told Expert to retry')]);
		expect(scene.host.executions).toEqual([]);
	});
});

it('the signature in these tests is the one of the vendor', async () => {
	const scene = await openPublished();
	const delivery = newDelivery(scene);
	const signed = `${delivery.timestamp}.${String(delivery.body)}`;
	const digest = createHmac('sha256', scene.site.signingSecret).update(signed).digest('hex');
	const headers = { 'x-nexus-signature-256': `sha256=${digest}` };
	expectAnswer(await send(scene, delivery, { headers }), 200);
});
