import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { named, outputOf } from '../support/integration/action-node.mts';
import { authorizationAt, newDelivery, expectResponse } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { type Listener, type PlannedResponse, sendDelivery, startListener } from '../support/simulator/index.mts';
import { elementAt } from '../support/present.mts';
import { Watch } from '../support/integration/watch.mts';

/* To whom the delivery token goes: whoever may use the credential must not get it. */

useScenes();

const OWN_TOKEN = { deliveryToken: 'Bearer of-all-triggers-of-this-credential' };

async function listen(): Promise<Listener & { origin: string }> {
	const listener = await startListener();
	onTestFinished(async () => await listener.close());
	return { ...listener, origin: new URL(listener.url).origin };
}

/** What a plain Webhook node of the same n8n gets of a test delivery to its address, `path` behind the endpoint. */
async function testDeliveryTo(
	scene: Scene,
	credential: ICredentialDataDecryptedObject,
	path: string,
	responses: PlannedResponse[] = [],
) {
	const webhookNode = await listen();
	webhookNode.responses.push(...responses);
	const url = `${webhookNode.origin}/webhook/${path}`;
	scene.site.addWebhook(url, 'Bearer x');
	const parameters = {
		...{ resource: 'webhook', operation: 'sendTestDelivery', webhook: named('url', url) },
	};
	const run = { parameters, credential, urlOfN8n: webhookNode.origin };
	const [item] = await outputOf(scene.site, run);
	return { item: item!, received: webhookNode.received };
}

/** A Webhook node that asks the trigger what to respond. */
const passingOnTo =
	(url: string): Exclude<PlannedResponse, number> =>
	({ headers, body }, response) => {
		const { host: _host, 'content-length': _length, connection: _connection, ...rest } = headers;
		const sent = {
			method: 'POST',
			headers: rest as Record<string, string>,
			body: new Uint8Array(body),
		};
		void fetch(url, sent).then(({ status, headers: given }) => {
			const proof = given.get('x-cxone-expert-proof');
			response.writeHead(status, proof === null ? {} : { 'x-cxone-expert-proof': proof }).end();
		});
	};

it.each<[string, ICredentialDataDecryptedObject, (id: string) => string]>([
	['whose path ends like that of a trigger', {}, (id) => `a/b/${id}/webhook`],
	['whose path is that of a trigger', {}, (id) => `${id}/webhook`],
	['with the Delivery Token of all triggers', OWN_TOKEN, (id) => `${id}/webhook`],
])('Send Test Delivery sends neither token nor signature to a Webhook node %s', async (_case, credential, pathOf) => {
	const scene = await openPublished({ credential });
	const path = pathOf(String(scene.host.row.node.webhookId));
	const trigger = passingOnTo(scene.host.webhookUrl);
	for (const responses of [[200], [401, 401], [trigger, trigger]]) {
		const { item, received } = await testDeliveryTo(scene, credential, path, responses);
		expect(item).toMatchObject({ works: false });
		expect(received.length).toBeGreaterThan(0);
		for (const { headers } of received) {
			expect(headers).not.toHaveProperty('authorization');
			expect(headers).not.toHaveProperty('x-nexus-signature-256');
		}
	}
});

it('a trigger accepts what was registered under its old address until it is published under the new one', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	const served = host.webhookUrl;
	const genuine = () => ({ ...newDelivery(scene), secret: site.signingSecret });
	const old = elementAt(site.webhooks(), 0).authorizationHeader;
	// WEBHOOK_URL has another value from now on, also in a process that has no memory of the old one.
	host.url = 'http://127.0.0.1:1';
	await host.restart();
	expectResponse(await sendDelivery(served, { ...genuine(), authorization: old }), 200);
	await host.production.publish();
	expect(authorizationAt(scene)).not.toBe(old);
	expectResponse(await sendDelivery(served, { ...genuine(), authorization: old }), 401);
	const authorization = authorizationAt(scene);
	expectResponse(await sendDelivery(served, { ...genuine(), authorization }), 200);
});

it('a test has a token of its own: what was sent to production is refused there', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	await host.test.publish();
	const secret = site.signingSecret;
	const ofProduction = { ...newDelivery(scene), authorization: authorizationAt(scene), secret };
	const ofTest = site.webhooks().find(({ url }) => url === host.testUrl)!.authorizationHeader;
	expect(ofTest).not.toBe(ofProduction.authorization);
	expectResponse(await sendDelivery(host.testUrl, ofProduction), 401);
	expectResponse(await sendDelivery(host.testUrl, { ...ofProduction, authorization: ofTest }), 200);
	expectResponse(await sendDelivery(host.webhookUrl, { ...ofProduction, authorization: ofTest }), 401);
	expectResponse(await sendDelivery(host.webhookUrl, ofProduction), 200);
});

it('a trigger shows that it is at the address that n8n serves, not at one that its stored data names', async () => {
	const scene = await openPublished({ credential: OWN_TOKEN });
	const { row, webhookUrl } = scene.host;
	const path = `${row.node.webhookId}/webhook`;
	const storeAddress: PlannedResponse = (question, response) => {
		row.staticData = row.staticData.replace(scene.host.url, `http://${question.headers.host}`);
		passingOnTo(webhookUrl)(question, response);
	};
	const { item, received } = await testDeliveryTo(scene, OWN_TOKEN, path, [storeAddress]);
	expect(row.staticData).not.toContain(scene.host.url);
	expect(item).toMatchObject({ works: false, status: 401 });
	expect(received).toHaveLength(1);
});

it('a question whether the trigger is there is not logged, starts nothing and gets the proof alone', async () => {
	const { host } = await openPublished();
	const question = { 'x-nexus-event-type': 'n8n:testdelivery', 'x-nexus-delivery-id': 'q-1' };
	const ask = async (headers: Record<string, string>) => {
		const response = await fetch(host.webhookUrl, { method: 'POST', headers });
		expect([response.status, await response.text()]).toEqual([401, '']);
		return response.headers.get('x-cxone-expert-proof');
	};
	const proof = await ask(question);
	expect(proof).toMatch(/^[\w-]{43}$/);
	expect(await ask({ ...question, 'x-nexus-delivery-id': 'q-2' })).not.toBe(proof);
	expect(log.of('warn')).toEqual([]);
	expect(host.executions).toEqual([]);
	expect(await ask({ 'x-nexus-event-type': 'n8n:testdelivery' })).toBeNull();
});

it.each<[string, Record<string, string>]>([
	['of another event type', { 'x-nexus-event-type': 'page:create' }],
	['with an Authorization', { authorization: 'Bearer guess' }],
	['with a signature', { 'x-nexus-signature-256': 'sha256=00' }],
])('a delivery %s is refused, and gets no proof of the address', async (_case, changes) => {
	const { host } = await openPublished();
	const question = { 'x-nexus-event-type': 'n8n:testdelivery', 'x-nexus-delivery-id': 'q-1' };
	const headers = { ...question, ...changes };
	const response = await fetch(host.webhookUrl, { method: 'POST', headers });
	expect([response.status, response.headers.get('x-cxone-expert-proof')]).toEqual([401, null]);
	expect(log.of('warn')).toHaveLength(1);
});

describe('a credential that changes while the webhook is registered', () => {
	/** Sends deliveries with the value that was registered before, and one with the next. */
	function deliveriesTo({ host, site }: Scene) {
		const before = elementAt(site.webhooks(), 0).authorizationHeader;
		return async (authorization = before) => {
			const delivery = {
				...newDelivery({ host, site }),
				secret: site.signingSecret,
				authorization,
			};
			return await sendDelivery(host.webhookUrl, delivery);
		};
	}

	function change({ host }: Scene, changes: ICredentialDataDecryptedObject): void {
		const credential = { ...host.credential(), ...changes };
		host.credential = () => credential;
	}

	it.each<[string, ICredentialDataDecryptedObject, ICredentialDataDecryptedObject]>([
		['a renewed API token', {}, { longTermToken: 'eyJ.renewed.token' }],
		['another Delivery Token', OWN_TOKEN, { deliveryToken: 'Basic b3RoZXI6b25l' }],
		['no Delivery Token any more', OWN_TOKEN, { deliveryToken: '' }],
	])(
		'with %s, what Expert was told to send is accepted until the next publish, also after a restart',
		async (_case, credential, changes) => {
			const scene = await openPublished({ credential });
			const { host, site } = scene;
			const deliver = deliveriesTo(scene);
			change(scene, changes);
			for (const isRestarted of [false, true]) {
				if (isRestarted) await host.restart();
				expectResponse(await deliver(), 200);
			}
			expectResponse(await deliver('Bearer guess'), 401);
			change(scene, { longTermToken: site.longTermToken, deliveryToken: 'Bearer of-now' });
			await host.production.publish();
			expectResponse(await deliver(), 401);
			expectResponse(await deliver('Bearer of-now'), 200);
		},
	);

	it('a check that registers the renewed token ends the acceptance of the one before', async () => {
		const scene = await openPublished();
		const deliver = deliveriesTo(scene);
		const watch = await Watch.start(scene.host);
		change(scene, { deliveryToken: 'Bearer renewed' });
		expectResponse(await deliver(), 200);
		await watch.tick();
		expect(authorizationAt(scene)).toBe('Bearer renewed');
		expectResponse(await deliver(), 401);
	});

	it('a process that registers nothing refuses the token before once the renewed one has come', async () => {
		const scene = await openPublished();
		const deliver = deliveriesTo(scene);
		await scene.host.restart();
		change(scene, { deliveryToken: 'Bearer renewed' });
		expectResponse(await deliver(), 200);
		expectResponse(await deliver('Bearer renewed'), 200);
		expectResponse(await deliver(), 401);
		await scene.host.restart();
		expectResponse(await deliver(), 401);
	});

	it('a Delivery Token that is easily guessed cannot be tried at what is stored', async () => {
		const deliveryToken = 'Basic ZXhwZXJ0OjEyMzQ=';
		const { host } = await openPublished({ credential: { deliveryToken } });
		const { global } = JSON.parse(host.row.staticData) as Record<string, IDataObject>;
		const { registeredToken } = global![`cxoneExpertWatch:${host.row.node.id}`] as IDataObject;
		const hash = createHash('sha256').update(deliveryToken).digest('base64url');
		expect(registeredToken).toMatch(/^[\w-]{43}$/);
		expect(registeredToken).not.toBe(hash);
	});
});
