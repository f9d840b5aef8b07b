import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { expect, it, onTestFinished } from 'vitest';
import { named, type NodeRun, outputOf } from '../support/integration/action-node.mts';
import { authorizationAt, newDelivery, expectResponse } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import {
	type Listener,
	type PlannedResponse,
	sendDelivery,
	startListener,
} from '../support/simulator/index.mts';
import { elementAt } from '../support/present.mts';

/* To whom the delivery token goes: whoever may use the credential must not get it. */

useScenes();

const OWN_TOKEN = { deliveryToken: 'Bearer of-all-triggers-of-this-credential' };

async function listen(): Promise<Listener & { origin: string }> {
	const listener = await startListener();
	onTestFinished(async () => await listener.close());
	return { ...listener, origin: new URL(listener.url).origin };
}

const doing = (operation: string, id: string, fields: IDataObject = {}): NodeRun => ({
	parameters: {
		...{ resource: 'webhook', operation, webhook: named('id', id) },
		...fields,
	},
});

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
	const run = doing('sendTestDelivery', '', { webhook: named('url', url) });
	const [item] = await outputOf(scene.site, { ...run, credential, urlOfN8n: webhookNode.origin });
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
])(
	'Send Test Delivery sends neither token nor signature to a Webhook node %s',
	async (_case, credential, pathOf) => {
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
	},
);

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

it('a trigger accepts what was registered under its old address although its stored data is lost', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	const served = host.webhookUrl;
	const authorization = authorizationAt(scene);
	host.url = 'http://127.0.0.1:1';
	host.row.staticData = '{}';
	const delivery = { ...newDelivery(scene), secret: site.signingSecret, authorization };
	expectResponse(await sendDelivery(served, delivery), 200);
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
	expectResponse(
		await sendDelivery(host.webhookUrl, { ...ofProduction, authorization: ofTest }),
		401,
	);
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
