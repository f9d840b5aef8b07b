import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { RESPONSE_DEADLINE_MS } from '../../nodes/CxoneExpert/trigger/delivery/deadline.ts';
import { expectResponse } from '../support/integration/response.mts';
import {
	authorizationAt,
	type Delivery,
	newDelivery,
	send,
} from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { letSettle, stopTime } from '../support/integration/stop-time.mts';
import { withoutTimeout } from '../support/integration/timeout.mts';

useScenes();

/** Sends a delivery that is signed with this key. */
async function sendSigned(scene: Scene, key: string, delivery: Delivery = newDelivery(scene)) {
	return await send(scene, delivery, { secret: key });
}

describe('wrong signatures with the right token', () => {
	it.each([
		['the whole Authorization value of the deliveries', authorizationAt],
		[
			'the delivery token without its scheme',
			(scene: Scene) => authorizationAt(scene).replace('Bearer ', ''),
		],
		['the guid of the webhook', (scene: Scene) => scene.site.webhooks()[0]!.guid],
		['the long-term token', (scene: Scene) => scene.site.longTermToken],
	])(
		'a wrong signature gets 401, and the log names %s as the key that matches',
		async (label, keyOf) => {
			const scene = await openPublished();
			const key = keyOf(scene);
			const delivery = newDelivery(scene);
			// The guid is asked for, and nobody waits for that long.
			stopTime();
			expectResponse(await sendSigned(scene, key, delivery), 401);
			expect(log.of('warn')).toEqual([
				`CXone Expert delivery ${delivery.deliveryId} refused: signature wrong. It was signed with ${label}: enter that as Signing Secret (node "CXone Expert Trigger")`,
			]);
			expect(log.lines.map(({ all }) => all).join()).not.toContain(key);
			expect(scene.host.executions).toEqual([]);
		},
	);

	it('no key is recommended any more once a signature was right', async () => {
		const scene = await openPublished();
		expectResponse(await sendSigned(scene, scene.site.signingSecret), 200);
		expectResponse(await sendSigned(scene, authorizationAt(scene)), 401);
		expect(log.of('warn')).toEqual([expect.stringMatching(/refused: signature wrong \(node/)]);
	});

	it('a wrong signature gets 401 without a hint when no likely key matches', async () => {
		const scene = await openPublished();
		expectResponse(await sendSigned(scene, 'whsec_other'), 401);
		expect(log.of('warn')).toEqual([expect.stringMatching(/refused: signature wrong \(node/)]);
	});

	it('with a secret in the credential, wrong signatures cause API calls at most once a minute, wrong tokens none', async () => {
		const scene = await openPublished();
		const before = scene.site.apiCalls.length;
		await send(scene, newDelivery(scene), { authorization: 'Bearer guess', secret: 'x' });
		expect(scene.site.apiCalls).toHaveLength(before);
		// The first response then waits for all the calls.
		stopTime();
		await sendSigned(scene, 'whsec_other');
		const asked = scene.site.apiCalls.length;
		expect(asked).toBeGreaterThan(before);
		for (let count = 0; count < 5; count++) {
			await vi.advanceTimersByTimeAsync(10_000);
			await sendSigned(scene, 'whsec_other');
		}
		expect(scene.site.apiCalls).toHaveLength(asked);
	});

	it('a wrong signature gets 401 in time when the site does not respond', async () => {
		const scene = await openPublished();
		const [asking, arriving] = [gate(), gate()];
		const hang = (received: IncomingMessage) => {
			withoutTimeout(received);
			void asking.wait();
		};
		scene.site.faults.add({ effect: { hang } });
		stopTime();
		const first = sendSigned(scene, 'whsec_other');
		await asking.reached;
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		expectResponse(await first, 401);
		// This one waits for the same call.
		scene.host.prepare = arriving.wait;
		const second = sendSigned(scene, 'whsec_other');
		await arriving.reached;
		arriving.open();
		await letSettle();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		expectResponse(await second, 401);
	});

	it('a wrong signature gets 401 when the site cannot be reached', async () => {
		const scene = await openPublished();
		const authorization = authorizationAt(scene);
		const delivery = newDelivery(scene);
		await scene.site.close();
		const response = await send(scene, delivery, { authorization, secret: 'whsec_other' });
		expectResponse(response, 401);
	});
});

it('the trigger accepts a signature that is computed as the vendor documents', async () => {
	const scene = await openPublished();
	const delivery = newDelivery(scene);
	const signed = `${delivery.timestamp}.${String(delivery.body)}`;
	const digest = createHmac('sha256', scene.site.signingSecret).update(signed).digest('hex');
	const headers = { 'x-nexus-signature-256': `sha256=${digest}` };
	expectResponse(await send(scene, delivery, { headers }), 200);
});
