import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { byId, named, type NodeRun, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectResponse, now, send as deliver } from '../support/integration/delivery.mts';
import { change } from '../support/integration/foreign.mts';
import { log } from '../support/integration/log.mts';
import {
	credentialFor,
	openScene,
	type Scene,
	type SceneOptions,
	UNSIGNED,
	useScenes,
} from '../support/integration/scene.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { stopTime } from '../support/integration/stop-time.mts';
import { startListener } from '../support/simulator/index.mts';
import { ReverseProxy, type Rule, withoutHeaders } from '../support/proxy.mts';

useScenes();

let proxy: ReverseProxy | undefined;
afterEach(async () => {
	await proxy?.close();
	proxy = undefined;
});

/** A published workflow whose n8n is reached through a proxy. All that is between takes no time. */
async function openProxied(options: SceneOptions = {}): Promise<Scene> {
	const scene = await openScene(options);
	proxy = await ReverseProxy.open();
	await proxy.leadTo(scene.host.url);
	scene.host.url = proxy.url;
	await scene.host.production.publish();
	stopTime();
	return scene;
}

function sending(scene: Scene, more: Partial<NodeRun> = {}): NodeRun {
	const webhook = byId('1');
	return {
		parameters: { resource: 'webhook', operation: 'sendTestDelivery', webhook },
		urlOfN8n: scene.host.url,
		...more,
	};
}

/** What the operation gives; nothing must have started, and nothing secret may be shown. */
async function send(scene: Scene, credential: ICredentialDataDecryptedObject = {}): Promise<IDataObject> {
	const items = await outputOf(scene.site, sending(scene, { credential }));
	await scene.host.idle();
	expect(items).toHaveLength(1);
	expectSchema('webhook', 'sendTestDelivery', items);
	expect([scene.host.executions, scene.host.thrown]).toEqual([[], []]);
	const node = { ...credentialFor(scene.site), ...credential };
	for (const host of [scene.host, { credential: () => node }]) {
		expectNoSecretIn(items, { site: scene.site, host });
		expectNoSecretInLog({ site: scene.site, host });
	}
	return items[0]!;
}

/** Each step with its result, as one text. */
function resultsOf({ steps }: IDataObject): string[] {
	return (steps as Array<{ step: string; ok: boolean | null }>).map(({ step, ok }) => {
		const result = ok === null ? 'not checked' : ok ? 'ok' : 'failed';
		return `${step}: ${result}`;
	});
}

const ALL_PASSED = [
	'The address is public and uses https: not checked',
	'Something responds there: ok',
	'The certificate is trusted: not checked',
	'It is the trigger that responds: ok',
	'The headers come through: ok',
	'The signature is accepted: ok',
	'The response comes within one second: ok',
	'Expert sends the right Authorization: ok',
	'The webhook is enabled: ok',
];

/** Up to this step all is passed; it fails, and the rest of the way is not checked. */
function stuckAt(failing: string): string[] {
	const way = ALL_PASSED.length - 2;
	const index = ALL_PASSED.findIndex((line) => line.startsWith(failing));
	return ALL_PASSED.map((line, position) => {
		if (position < index || position >= way) return line;
		return line.replace(/: [\w ]+$/, position === index ? ': failed' : ': not checked');
	});
}

it('Send Test Delivery passes every step and starts nothing', async () => {
	const scene = await openProxied({ parameters: { events: ['*'] } });
	const item = await send(scene);
	expect(item).toMatchObject({
		...{ id: '1', url: scene.host.webhookUrl, works: true, status: 200 },
		deliveryId: expect.stringMatching(/^n8n-test-[\da-f-]{36}$/),
	});
	expect(item.responseMs).toBeTypeOf('number');
	expect(item).not.toHaveProperty('problem');
	expect(resultsOf(item)).toEqual(ALL_PASSED);
	expect(log.of('warn')).toEqual([]);
});

it('Send Test Delivery does not claim that the signature is accepted where the trigger does not verify it', async () => {
	const scene = await openProxied({ credential: UNSIGNED });
	for (const signingSecret of ['whsec_other_secret', '']) {
		const item = await send(scene, { signingSecret });
		expect(item.works).toBe(true);
		expect(resultsOf(item)).toContain('The signature is accepted: not checked');
	}
});

const WRONG_SECRET = { signingSecret: 'whsec_other_secret' };

it.each<[what: string, ofNode: ICredentialDataDecryptedObject, stuck: string, problem: string, whatToDo: string]>([
	['another secret', WRONG_SECRET, 'The signature', 'not accept the signature', 'expects another Signing Secret'],
	['no secret', { signingSecret: '' }, 'The signature', 'has no Signing Secret', 'Enter'],
	[
		'another delivery token',
		{ deliveryToken: 'Bearer another-delivery-token' },
		'The headers',
		'did not get the Authorization value',
		'another Delivery Token',
	],
])(
	'Send Test Delivery says what to do when the credential of the node has %s',
	async (_what, ofNode, stuck, problem, whatToDo) => {
		const scene = await openProxied();
		const item = await send(scene, ofNode);
		expect(item).toMatchObject({
			...{ works: false, status: 401 },
			problem: expect.stringContaining(problem),
			whatToDo: expect.stringContaining(whatToDo),
		});
		expect(resultsOf(item).slice(0, 7)).toEqual(stuckAt(stuck).slice(0, 7));
	},
);

it('Send Test Delivery sends no token to a trigger with another API token', async () => {
	const scene = await openProxied();
	const credential = { ...credentialFor(scene.site), longTermToken: 'of.another.user' };
	scene.host.credential = () => credential;
	const item = await send(scene);
	expect(item).toMatchObject({
		...{ works: false, status: 401 },
		problem: expect.stringContaining('No token was sent'),
		whatToDo: expect.stringContaining('the same CXone Expert API credential'),
	});
	expect(resultsOf(item).slice(0, 7)).toEqual(stuckAt('The headers').slice(0, 7));
});

it('a test delivery that the trigger refuses is counted, and is no sign that those of Expert are', async () => {
	const scene = await openProxied();
	await send(scene, WRONG_SECRET);
	const { readFigures } = await import('../../nodes/CxoneExpert/metrics/delivery-figures.ts');
	const { lastRefusal, rejectionStreak, counts } = readFigures(scene.host.webhookUrl);
	expect(counts.refused).toMatchObject({ 'signature wrong': 1 });
	expect([lastRefusal, rejectionStreak]).toEqual([undefined, undefined]);
});

it('Send Test Delivery says that n8n is busy when it had no time to tell a wrong token from a wrong secret', async () => {
	const scene = await openProxied();
	let responses = 0;
	const busy = { statusCode: 503, body: '' };
	// To the question whether the trigger is there, and to the delivery.
	const beforeResponse = () => (++responses <= 2 ? {} : busy);
	await proxy!.rule(async (requests, target) => await requests.thenForwardTo(target, { beforeResponse }));
	const item = await send(scene, WRONG_SECRET);
	expect(item).toMatchObject({
		...{ works: false, status: 503 },
		problem: expect.stringContaining('too busy to respond in time'),
	});
	expect(resultsOf(item)).toEqual(stuckAt('It is the trigger'));
	expect(responses).toBe(3);
});

it.each<[string, Rule, string, string]>([
	['removes Authorization', withoutHeaders('authorization'), 'headers', 'Authorization header'],
	['removes X-Nexus-Delivery-Id', withoutHeaders('x-nexus-delivery-id'), 'headers', 'X-Nexus'],
	[
		'changes the body',
		async (requests, target) =>
			await requests.thenForwardTo(target, {
				transformRequest: { replaceBody: '<event type="page:create"/>' },
			}),
		'signature',
		'changes the body',
	],
	['cuts the connection', async (requests) => await requests.thenResetConnection(), 'Something responds', 'firewall'],
	[
		'is slow',
		async (requests, target) =>
			await requests.thenForwardTo(target, {
				beforeResponse: () => void vi.advanceTimersByTime(1100),
			}),
		'The response comes',
		'Sizing',
	],
])('Send Test Delivery says what to do when the proxy %s', async (_case, rule, step, whatToDo) => {
	const scene = await openProxied();
	await proxy!.rule(rule);
	const item = await send(scene);
	const lines = resultsOf(item);
	const failing = lines.filter((line) => line.endsWith(': failed'));
	expect(item).toMatchObject({ works: false, whatToDo: expect.stringContaining(whatToDo) });
	// Status and step go together: where nothing responds, there is none.
	expect('status' in item).toBe(step !== 'Something responds');
	expect(failing).toEqual([expect.stringMatching(new RegExp(`${step}.*: failed`))]);
});

it('Send Test Delivery follows no redirect, so its token goes nowhere else', async () => {
	const scene = await openProxied();
	const elsewhere = await startListener();
	onTestFinished(async () => await elsewhere.close());
	const headers = { location: `${elsewhere.url}/?key=secret` };
	for (const status of [302, 307]) {
		await proxy!.rule(async (requests) => await requests.thenReply(status, '', headers));
		const item = await send(scene);
		expect(item).toMatchObject({ works: false, status });
		expect(item.problem).toContain(`redirects to ${new URL(elsewhere.url).origin},`);
		expect(JSON.stringify(item)).not.toContain('key=secret');
	}
	expect(elsewhere.received).toEqual([]);
});

it('Send Test Delivery names the certificate when it is not trusted', async () => {
	const scene = await openScene();
	proxy = await ReverseProxy.open();
	await proxy.leadTo(scene.host.url);
	scene.host.url = proxy.httpsUrl;
	await scene.host.production.publish();
	const item = await send(scene);
	expect(item.problem).toMatch(/certificate.*not trusted \([A-Z_]*(CERT|LEAF)[A-Z_]*\)/);
	expect(resultsOf(item).slice(0, 4)).toEqual([
		'The address is public and uses https: ok',
		'Something responds there: ok',
		'The certificate is trusted: failed',
		'It is the trigger that responds: not checked',
	]);
});

it('Send Test Delivery reports a webhook that Expert has disabled, and that it sends another token', async () => {
	const scene = await openProxied();
	const authorization = 'Bearer of-another-program-entirely';
	await change(
		scene.site,
		'PUT',
		'1',
		`<webhook><webhook-url>${scene.host.webhookUrl}</webhook-url><authorization-header>${authorization}</authorization-header><active>false</active></webhook>`,
	);
	const item = await send(scene);
	expect(item).toMatchObject({ works: false, status: 200 });
	expect(resultsOf(item).slice(-2)).toEqual([
		'Expert sends the right Authorization: failed',
		'The webhook is enabled: failed',
	]);
	expect(JSON.stringify(item)).not.toContain('another-program-entirely');
});

it('Send Test Delivery claims nothing about an Authorization value that the site hides', async () => {
	const scene = await openProxied();
	const effect = { without: 'webhook/authorization-header' };
	scene.site.faults.add({ match: { path: /webhooks\/1$/ }, effect });
	const item = await send(scene);
	expect(item.works).toBe(true);
	expect(item.steps).toContainEqual({
		step: 'Expert sends the right Authorization',
		ok: null,
		message: 'Not checked: the site does not show what it sends.',
	});
});

it('Send Test Delivery sends nothing to a webhook of another n8n, whatever address is entered', async () => {
	const scene = await openProxied();
	const address = 'https://elsewhere.example.com/webhook/a/webhook';
	scene.site.addWebhook(address, 'Bearer of-another-program');
	const { parameters, ...rest } = sending(scene);
	for (const options of [{}, { webhookUrl: 'https://elsewhere.example.com/webhook/' }]) {
		const run = { ...rest, parameters: { ...parameters, webhook: named('url', address), options } };
		const { message, description } = await refusalOf(scene.site, run);
		expect(message).toBe('This webhook does not lead to this n8n');
		expect(description).toMatch(/Nothing was sent .*, or WEBHOOK_URL \(N8N_WEBHOOK_URL .* is not set\./);
	}
});

const TEST_EVENT = '<event id="1" type="n8n:testdelivery"/>';

it('a test delivery with a wrong signature gets no more than any forged delivery', async () => {
	const scene = await openScene();
	await scene.host.production.publish();
	const delivery = { body: TEST_EVENT, deliveryId: 'd-1', timestamp: now() };
	expectResponse(await deliver(scene, delivery, { secret: 'whsec_guessed' }), 401);
	const { headers, status } = await deliver(scene, delivery);
	expect([status, headers['x-cxone-expert-verified']]).toEqual([200, 'token, signature']);
	expect(scene.host.executions).toEqual([]);
});

it('a genuine delivery is not told what was verified, and one beside a test event starts', async () => {
	const scene = await openScene();
	await scene.host.production.publish();
	const both = `<events>${TEST_EVENT}<event id="2" type="page:create"/></events>`;
	const delivery = { body: both, deliveryId: 'd-2', timestamp: now() };
	expectResponse(await deliver(scene, delivery), 200);
	expect(scene.host.items).toMatchObject([{ eventType: 'page_create' }]);
});
