import { afterEach, describe, expect, it } from 'vitest';
import {
	buildEvent,
	eventTypeOf,
	eventTypes,
	makeServerToken,
	mtEpochOffset,
	readServerToken,
	sendDelivery,
	signDelivery,
	startListener,
	startSimulator,
	vendorGuess,
	type Listener,
	type PlannedResponse,
	type Settings,
	type Simulator,
} from './index.mts';
import { send, submitForm } from '../http.mts';
import { ask } from '../unit/simulator-site.mts';
import { uuidTime } from './uuid.mts';
import { buildXml, childText, readXml, XmlError } from './xml.mts';
import { elementAt } from '../present.mts';

/** The vendor's published delivery: see docs/vendor-facts.md#event-document. */
const published =
	'<event id="143c3406-fdfd-11f0-8674-aa9553f76750" datetime="2026-01-30T16:59:45Z" mt-epoch="1136393985653" type="page:create" wikiid="site_1" language="en-US" journaled="true" version="5"><request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request></event>';

const open: Array<{ close(): Promise<void> }> = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((each) => each.close()));
});

async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	open.push(simulator);
	return simulator;
}

async function listener(): Promise<Listener> {
	const started = await startListener();
	open.push(started);
	return started;
}

const webhookBody = (url: string) =>
	`<webhook><webhook-url>${url}</webhook-url><authorization-header>Bearer hook</authorization-header></webhook>`;

async function register(simulator: Simulator, url: string, ...types: string[]): Promise<void> {
	await ask(simulator, 'POST', '/webhooks', { body: webhookBody(url) });
	const id = simulator.webhooks().at(-1)?.id;
	for (const type of types) await ask(simulator, 'PUT', `/webhooks/${id}/events/${type}`);
}

/** A site with one webhook on page_create, and the endpoint it points at. */
async function connected(settings: Partial<Settings> = {}) {
	const [simulator, endpoint] = [await site(settings), await listener()];
	await register(simulator, endpoint.url, 'page_create');
	return { simulator, endpoint };
}

describe('signatures', () => {
	const contentUpdate = published
		.replace('page:create', 'page.content:update')
		.replace(
			'</event>',
			'<page id="322" revision="0"><path>Category_2/Guide_2/Topic_2.3</path></page><change-comment></change-comment><diff isreparsing="false"><added>4</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff><revision>14</revision></event>',
		);
	const nonAscii =
		'<event id="143c3406-fdfd-11f0-8674-aa9553f76750" type="page:create" version="5"><page id="371"><path>Catégorie/Größe_日本</path></page></event>';

	it.each([
		[
			'V1',
			'1769792386',
			published,
			318,
			'c1e57e45a08e00b6172a69c5be68774d5eb45f112077e556e83a9a0da86e0f04',
		],
		[
			'V2',
			'1769792386',
			contentUpdate,
			579,
			'34e98d701bd651ce37c13284427ecde96189008cc15a11ea47badc095a46f841',
		],
		[
			'V3',
			'1769792386',
			nonAscii,
			148,
			'd7f8f2ff1bd5e4d23b0c50a406388271fc706a7657f5adfddc3f362c479cb03c',
		],
		[
			'V4',
			'1769792386000',
			published,
			318,
			'ac6754a5e02c77096a068981556840e916b513617d26d24d9aee9c33713922e4',
		],
	])('a signature matches vector %s', (_name, timestamp, body, bytes, digest) => {
		expect(Buffer.byteLength(body)).toBe(bytes);
		expect(signDelivery({ secret: 'whsec_test', timestamp, body })).toBe(`sha256=${digest}`);
	});
});

describe('events', () => {
	it('the published thin event is built byte for byte', () => {
		const event = buildEvent(
			{
				type: eventTypeOf('page_create'),
				subject: { page: { id: 1, path: 'A' } },
				id: '143c3406-fdfd-11f0-8674-aa9553f76750',
				at: new Date('2026-01-30T16:59:45.652Z'),
				epochAt: Date.parse('2026-01-30T16:59:45.653Z'),
				body: 'thin',
				request: { id: '143c3406-fdfd-11f0-8674-2e3f57c9d8ea', seq: 1, count: 2 },
			},
			vendorGuess,
			'https://site.example',
		);
		expect(event.xml).toBe(published);
	});

	it('ids and epochs contain the time of the event', async () => {
		const simulator = await site();
		const at = new Date('2027-03-04T05:06:07.089Z');
		const { id, xml } = simulator.emit('page_create', { at });
		expect(uuidTime(id)).toBe(at.getTime());
		expect(uuidTime('143c3406-fdfd-11f0-8674-aa9553f76750')).toBe(
			Date.parse('2026-01-30T16:59:45.652Z'),
		);
		expect(xml).toContain(
			`datetime="2027-03-04T05:06:07Z" mt-epoch="${at.getTime() - mtEpochOffset}"`,
		);
	});

	it('the 27 event types follow the mapping rule', () => {
		expect(eventTypes).toHaveLength(27);
		for (const { path, header, xml } of eventTypes) {
			expect(header.toLowerCase()).toBe(path);
			expect(xml.replaceAll('.', '').replace(':', '_')).toBe(path);
		}
	});

	it('the two events of a new page are numbered within one request', async () => {
		const { events, page } = (await site()).site.createPage('A/Größe', { title: 'Size' });
		expect(events.map(({ type }) => type)).toEqual(['page:create', 'page.content:update']);
		const requests = events.map(({ xml }) =>
			/<request id="(.+?)" seq="(\d)" count="(\d)">/.exec(xml),
		);
		expect(requests.map((match) => match?.slice(2).join('/'))).toEqual(['1/2', '2/2']);
		expect(requests[0]?.[1]).toBe(requests[1]?.[1]);
		expect(elementAt(events, 0).id).not.toBe(elementAt(events, 1).id);
		expect(elementAt(events, 0).xml).toContain(
			`<page id="${page.id}" revision="0"><path>A/Größe</path></page>`,
		);
	});

	it('a move event contains old and new path, and subpages move along', async () => {
		const { site: pages } = await site();
		pages.createPage('Old');
		const child = pages.createPage('Old/Child').page;
		const event = elementAt(pages.movePage('Old', 'New').events, 0);
		expect(event.xml).toMatch(
			/ cascading="true">.*<page id="2".*<path>New<.*<source\.page id="2".*<path>Old</,
		);
		expect(child.path).toBe('New/Child');
	});

	it('an event contains personal data only where the setting says so', async () => {
		const simulator = await site();
		expect(simulator.emit('page_create', { by: 'editor' }).xml).not.toContain('editor');
		simulator.settings.requestDetails = 'all';
		const { xml } = simulator.emit('page_create', { by: 'editor' });
		expect(xml).toContain('<email>editor@site.example</email>');
		expect(xml).toContain('<ip>');
	});
});

describe('XML', () => {
	it.each([
		'&amp; &lt; &#65; &nbsp; &',
		'<b>"x"</b> \'y\'',
		'Größe 日本 \u{1F600}',
		' two \n lines ',
	])('XML carries %j unchanged', (text) => {
		const document = buildXml({ a: { '@q': text.trim(), t: text } });
		expect(childText(readXml(document), 't')).toBe(text);
		expect(readXml(document).getAttribute('q')).toBe(text.trim());
	});

	it.each(['', 'text', '<a>', '<a></b>', '<a/><b/>', '<a b=c/>', '<a>&nbsp;</a>', '<a>x & y</a>'])(
		'the XML parser refuses %j',
		(text) => {
			expect(() => readXml(text)).toThrow(XmlError);
		},
	);
});

describe('callers', () => {
	const golden = { key: 'testkey', secret: 'testsecret', user: '=admin', epoch: 1_704_067_200 };
	const token =
		'tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b';
	const check = { key: 'testkey', secret: 'testsecret', validityMs: 300_000 };

	it('the golden server token is made and read', () => {
		expect(makeServerToken(golden)).toBe(token);
		expect(readServerToken(token, { ...check, now: golden.epoch * 1000 + 300_000 })).toBe('=admin');
	});

	it.each([
		['too old', token, { now: golden.epoch * 1000 + 300_001 }],
		['of another secret', token, { secret: 'other' }],
		['of another key', token, { key: 'other' }],
		['changed user', token.replace('=admin', '=other'), {}],
		['no token', 'tkn_', {}],
	])('an invalid server token is refused: %s', (_name, text, changed) => {
		expect(
			readServerToken(text, { ...check, now: golden.epoch * 1000, ...changed }),
		).toBeUndefined();
	});

	it.each(['=admin', '1'])('a fresh server token of user %s is accepted', async (user) => {
		const simulator = await site();
		const { key, secret } = simulator.serverToken;
		const fresh = makeServerToken({ key, secret, user, epoch: Math.floor(Date.now() / 1000) });
		const headers = { Authorization: '', 'X-Deki-Token': fresh };
		const { text } = await ask(simulator, 'GET', '/users/current', { headers });
		expect(text).toMatch(/^<user anonymous="false" .*<username>admin<.*>Admin<\/role>/);
		expect((await ask(simulator, 'GET', '/webhooks', { headers })).status).toBe(200);
	});

	it('a bad token gets 200 as Anonymous, and 403 on admin calls', async () => {
		const simulator = await site();
		const who = await ask(simulator, 'GET', '/users/current', { token: 'expired' });
		expect(who.status).toBe(200);
		expect(who.text).toMatch(/^<user anonymous="true" .*<username>Anonymous</);
		const list = await ask(simulator, 'GET', '/webhooks', { token: 'expired' });
		expect(list.status).toBe(403);
		expect(list.text).toContain('<message>Admin access is required</message>');
	});

	it('webhook calls get 403 without the Admin role or without the feature', async () => {
		const simulator = await site();
		expect((await ask(simulator, 'GET', '/webhooks', { token: simulator.readerJwt })).status).toBe(
			403,
		);
		expect((await ask(simulator, 'GET', '/webhooks')).status).toBe(200);
		simulator.settings.webhooksFeature = false;
		expect((await ask(simulator, 'GET', '/webhooks')).status).toBe(403);
	});
});

it('a site that gives itself another address is reached where it listens', async () => {
	const simulator = await site({ publicUrl: 'https://help.example.com' });
	expect(simulator.url).toBe('https://help.example.com');
	expect((await send(simulator.localUrl)).body).toContain('https://help.example.com');
});

describe('webhook API', () => {
	it('a webhook is registered in two steps', async () => {
		const simulator = await site();
		const created = await ask(simulator, 'POST', '/webhooks', {
			body: webhookBody('http://a.test/'),
		});
		expect(created.status).toBe(201);
		expect(created.headers['content-type']).toBe('application/xml; charset=utf-8');
		expect(created.text).toMatch(/<id>1<\/id>.*<events>\s+<\/events>/s);
		const added = await ask(simulator, 'PUT', '/webhooks/1/events/page_create');
		expect(added.status).toBe(200);
		expect(added.text).toContain('<event-type>Page_Create</event-type>');
		const events = await ask(simulator, 'GET', '/webhooks/1/events');
		const { guid } = elementAt(simulator.webhooks(), 0);
		expect(events.text).toContain(`<subscription-id>${guid}</subscription-id>`);
	});

	it('event names are accepted in any case and repeatedly, and unknown ones are refused', async () => {
		const simulator = await site();
		await register(simulator, 'http://a.test/', 'PAGETAG_UPDATE', 'pagetag_update');
		expect(elementAt(simulator.webhooks(), 0).events).toEqual(['PageTag_Update']);
		expect(simulator.apiCalls.map(({ status }) => status)).toEqual([201, 200, 200]);
		expect((await ask(simulator, 'PUT', '/webhooks/1/events/page_update')).status).toBe(400);
		expect((await ask(simulator, 'DELETE', '/webhooks/1/events/page_create')).status).toBe(404);
		expect((await ask(simulator, 'DELETE', '/webhooks/1/events/PageTag_update')).status).toBe(200);
		expect(elementAt(simulator.webhooks(), 0).events).toEqual([]);
	});

	it('webhooks are listed in parts and filtered', async () => {
		const simulator = await site();
		for (const name of 'abc') await register(simulator, `http://${name}.test/`);
		await ask(simulator, 'PUT', '/webhooks/2', {
			body: '<webhook><active>false</active></webhook>',
		});
		const ids = async (query: string) => {
			const { text } = await ask(simulator, 'GET', `/webhooks?${query}`);
			return [...text.matchAll(/<id>(\d+)<\/id>/g)].map(([, id]) => id).join();
		};
		expect(await ids('limit=2&offset=0')).toBe('1,2');
		expect(await ids('limit=2&offset=2')).toBe('3');
		expect(await ids('limit=100&offset=0&active=true')).toBe('1,3');
		expect(await ids('active=false')).toBe('2');
		expect((await ask(simulator, 'GET', '/webhooks?limit=many')).status).toBe(400);
	});

	it('webhook calls are refused as the vendor refuses them', async () => {
		const simulator = await site({ allowHttpUrls: false });
		const post = async (body: string) =>
			(await ask(simulator, 'POST', '/webhooks', { body })).status;
		expect(await post(webhookBody('http://a.test/'))).toBe(400);
		expect(await post(webhookBody('https://a.test/'))).toBe(201);
		expect(await post('{"webhook":{}}')).toBe(400);
		expect(await post('<webhook><webhook-url>https://a.test/</webhook-url></webhook>')).toBe(400);
		expect(await post(webhookBody('https://a.test/').replace('Bearer', 'Digest'))).toBe(400);
		expect((await ask(simulator, 'PUT', '/webhooks/1', { body: 'active=true' })).status).toBe(400);
		expect((await ask(simulator, 'GET', '/webhooks/9')).status).toBe(404);
		expect((await ask(simulator, 'GET', '/webhooks/one')).status).toBe(400);
		const json = await ask(simulator, 'POST', '/webhooks?dream.in.format=json', { body: '{}' });
		expect(json.status).toBe(501);
		expect(json.text).toContain('json(p) input format not supported');
	});

	it('a deleted webhook gets 404, or is marked as deleted where the setting says so', async () => {
		const simulator = await site();
		await register(simulator, 'http://a.test/', 'page_create');
		expect((await ask(simulator, 'DELETE', '/webhooks/1')).status).toBe(200);
		expect((await ask(simulator, 'GET', '/webhooks/1')).status).toBe(404);
		expect((await ask(simulator, 'DELETE', '/webhooks/1')).status).toBe(404);
		simulator.settings.afterDelete = 'markedDeleted';
		expect((await ask(simulator, 'GET', '/webhooks/1')).text).toContain('<deleted>true</deleted>');
		expect(simulator.webhooks()).toEqual([]);
	});

	it('errors are returned in both styles, and as JSON on request', async () => {
		const simulator = await site();
		const missing = '/webhooks/7?dream.out.format=json';
		expect(JSON.parse((await ask(simulator, 'GET', missing)).text)).toMatchObject({
			message: 'Requested webhook subscription could not be found',
			resource: 'System.API.Error.generic',
		});
		simulator.settings.errorStyle = 'framework';
		expect(JSON.parse((await ask(simulator, 'GET', missing)).text)).toMatchObject({
			status: '404',
			title: 'Not Found',
		});
		await register(simulator, 'http://a.test/', 'page_create');
		const { text } = await ask(simulator, 'GET', '/webhooks?dream.out.format=json');
		const { webhook } = JSON.parse(text) as { webhook: Record<string, unknown> };
		expect(webhook).toMatchObject({ id: '1', active: 'true' });
		expect(webhook.events).toMatchObject({ event: { 'event-type': 'Page_Create' } });
	});

	it('each response contains the secret where the setting says so', async () => {
		const simulator = await site({ secretInEachResponse: true, secretElement: 'key' });
		await register(simulator, 'http://a.test/', 'page_create');
		for (const path of ['/webhooks', '/webhooks/1']) {
			expect((await ask(simulator, 'GET', path)).text).toContain('<key>whsec_test</key>');
		}
	});

	it('the 201 response contains the secret and another root where the settings say so', async () => {
		const simulator = await site({
			createResponseRoot: 'subscription',
			createResponseFull: false,
			secretInCreateResponse: true,
		});
		const { text } = await ask(simulator, 'POST', '/webhooks', {
			body: webhookBody('http://a.test'),
		});
		expect(text).toBe('<subscription><id>1</id><secret>whsec_test</secret></subscription>');
	});
});

describe('deliveries', () => {
	it('a delivery has the documented headers over the exact bytes of the event', async () => {
		const { simulator, endpoint } = await connected();
		const event = elementAt(simulator.site.createPage('Catégorie/日本').events, 0);
		await simulator.idle();
		expect(endpoint.received).toHaveLength(1);
		const { body, headers, rawHeaders } = elementAt(endpoint.received, 0);
		expect(body.toString()).toBe(event.xml);
		expect(rawHeaders.filter((_text, index) => index % 2 === 0)).toEqual(
			expect.arrayContaining([
				'Authorization',
				'X-Nexus-Signature-256',
				'X-Nexus-Timestamp',
				'X-Nexus-Event-Type',
				'X-Nexus-Delivery-Id',
				'Content-Type',
			]),
		);
		const timestamp = String(headers['x-nexus-timestamp']);
		expect(timestamp).toMatch(/^\d{10}$/);
		expect(headers).toMatchObject({
			authorization: 'Bearer hook',
			'x-nexus-event-type': 'Page_Create',
			'content-type': 'text/xml',
			'x-nexus-signature-256': signDelivery({ secret: 'whsec_test', timestamp, body }),
		});
	});

	it('each of the 27 event types is delivered to a webhook that registered all', async () => {
		const [simulator, endpoint] = [await site(), await listener()];
		await register(simulator, endpoint.url, ...eventTypes.map(({ path }) => path));
		for (const { xml } of eventTypes) simulator.emit(xml);
		await simulator.idle();
		const sent = endpoint.received.map(({ headers }) => headers['x-nexus-event-type']);
		expect(sent.sort()).toEqual(eventTypes.map(({ header }) => header).sort());
	});

	it('a 5xx is retried with the same id and a new signature after growing pauses', async () => {
		const { simulator, endpoint } = await connected({
			timestampUnit: 'milliseconds',
			autoDisableAfter: 9,
		});
		endpoint.responses.push(500, 503);
		simulator.emit('page_create');
		await simulator.idle();
		const log = simulator.deliveries;
		expect(log.map(({ statusCode }) => statusCode)).toEqual([500, 503, 200]);
		expect(log.map(({ retryAttempt }) => retryAttempt)).toEqual([0, 1, 2]);
		expect(new Set(log.map(({ deliveryId }) => deliveryId)).size).toBe(1);
		expect(new Set(log.map(({ timestamp }) => timestamp)).size).toBe(3);
		expect(new Set(log.map(({ signature }) => signature)).size).toBe(3);
		const times = log.map((row) => Date.parse(row.deliveryTimestamp));
		expect(elementAt(times, 1) - elementAt(times, 0)).toBeGreaterThanOrEqual(19);
		expect(elementAt(times, 2) - elementAt(times, 1)).toBeGreaterThanOrEqual(39);
		expect(elementAt(simulator.webhooks(), 0).consecutiveFailures).toBe(0);
	});

	it('a retry has a new id and the old timestamp where the settings say so', async () => {
		const { simulator, endpoint } = await connected({
			deliveryIdOnRetry: 'new',
			retryTimestamp: 'same',
			timestampUnit: 'milliseconds',
		});
		endpoint.responses.push(500);
		simulator.emit('page_create');
		await simulator.idle();
		const first = elementAt(endpoint.received, 0).headers;
		const second = elementAt(endpoint.received, 1).headers;
		expect(second['x-nexus-delivery-id']).not.toBe(first['x-nexus-delivery-id']);
		expect(second['x-nexus-timestamp']).toBe(first['x-nexus-timestamp']);
	});

	it.each([
		[401, 'HTTP 401, permanent'],
		[302, 'HTTP 302, redirect not followed'],
	])('a %i is not retried', async (status, reason) => {
		const { simulator, endpoint } = await connected();
		endpoint.responses.push((_received, response) => {
			response.writeHead(status, { Location: '/elsewhere' }).end('no');
		});
		simulator.emit('page_create');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(1);
		expect(simulator.deliveries).toMatchObject([
			{ statusCode: status, failureReason: reason, responseBody: 'no' },
		]);
		expect(elementAt(simulator.webhooks(), 0).consecutiveFailures).toBe(1);
	});

	it('a delivery times out, even in the middle of a response, and is retried', async () => {
		const { simulator, endpoint } = await connected();
		const timedOut = () => simulator.deliveries.length;
		// The third one is not about time.
		const get = () => (timedOut() < 2 ? 150 : 60_000);
		Object.defineProperty(simulator.settings, 'deliveryTimeoutMs', { get });
		const respond: PlannedResponse = (_received, response) => {
			if (timedOut() === 1) response.writeHead(200).write('half');
			if (timedOut() === 2) response.writeHead(200).end();
		};
		endpoint.responses.push(respond, respond, respond);
		simulator.emit('page_create');
		await simulator.idle();
		const rows = simulator.deliveries;
		expect(rows.map(({ statusCode }) => statusCode)).toEqual([null, null, 200]);
		for (const row of rows.slice(0, 2)) {
			expect(row.failureReason).toBe('timeout: no response within 150 ms');
			expect(row.responseTimeMs).toBeGreaterThanOrEqual(149);
		}
	});

	it('the delivery time-out is 1 second in both profiles', async () => {
		expect(vendorGuess.deliveryTimeoutMs).toBe(1000);
		expect((await site()).settings.deliveryTimeoutMs).toBe(1000);
	});

	it('a delivery is retried when nothing listens', async () => {
		const { simulator, endpoint } = await connected({ retries: 1 });
		await endpoint.close();
		simulator.emit('page_create');
		await simulator.idle();
		expect(simulator.deliveries.map(({ retryAttempt }) => retryAttempt)).toEqual([0, 1]);
		expect(elementAt(simulator.deliveries, 0).failureReason).toContain('ECONNREFUSED');
	});

	it('concurrent deliveries stay within the limit', async () => {
		const { simulator, endpoint } = await connected({ concurrencyPerWebhook: 2 });
		let [now, max] = [0, 0];
		for (let index = 0; index < 8; index++) {
			endpoint.responses.push((_received, response) => {
				max = Math.max(max, ++now);
				setTimeout(() => {
					now--;
					response.end();
				}, 20);
			});
		}
		simulator.site.bulkImport(8);
		await simulator.idle();
		expect(endpoint.received).toHaveLength(8);
		expect(max).toBe(2);
	});

	it('deliveries wait while paused and are sent on resume', async () => {
		const { simulator, endpoint } = await connected({ pauseDuringImport: true });
		simulator.site.bulkImport(5);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(endpoint.received).toHaveLength(0);
		expect(simulator.queue).toEqual({ paused: true, pending: 5 });
		simulator.resumeDeliveries();
		await simulator.idle();
		expect(endpoint.received).toHaveLength(5);
	});

	it('the simulator closes at once with deliveries hanging, waiting for a retry and paused', async () => {
		const { simulator, endpoint } = await connected({
			// Whatever close() waited for would last longer than the test may.
			...{ firstBackoffMs: 600_000, maxBackoffMs: 600_000, deliveryTimeoutMs: 600_000 },
		});
		endpoint.responses.push(500, () => {});
		simulator.emit('page_create');
		simulator.emit('page_create');
		await expect.poll(() => endpoint.received.length).toBe(2);
		await expect.poll(() => simulator.deliveries.length).toBe(1);
		simulator.pauseDeliveries();
		simulator.emit('page_create');
		await simulator.close();
		expect(simulator.queue.pending).toBe(0);
	});
});

describe('auto-disable', () => {
	async function disabled(settings: Partial<Settings> = {}) {
		const both = await connected({ retries: 5, autoDisableAfter: 3, ...settings });
		both.endpoint.responses.push(...Array<number>(3).fill(500));
		both.simulator.emit('page_create');
		await both.simulator.idle();
		return both;
	}

	it('a webhook is disabled after consecutive failures, with a reason, and drops later events', async () => {
		const { simulator, endpoint } = await disabled();
		expect(simulator.deliveries).toHaveLength(3);
		expect(simulator.webhooks()).toMatchObject([
			{ active: false, consecutiveFailures: 3, disabledReason: '1', dropped: 1 },
		]);
		expect(simulator.notifications).toMatchObject([{ webhookId: 1, consecutiveFailures: 3 }]);
		simulator.emit('page_create');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(3);
		expect(elementAt(simulator.webhooks(), 0).dropped).toBe(2);
	});

	it('PUT active=true enables a disabled webhook and resets its failures', async () => {
		const { simulator, endpoint } = await disabled();
		const body = '<webhook><active>true</active></webhook>';
		const { text } = await ask(simulator, 'PUT', '/webhooks/1', { body });
		expect(text).toMatch(/<active>true<.*<consecutive-failures>0<.*disabled-reason>0</);
		simulator.emit('page_create');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(4);
		expect(simulator.deliveries.at(-1)?.statusCode).toBe(200);
	});

	it('failures count by delivery and without 4xx where the settings say so', async () => {
		const { simulator, endpoint } = await connected({
			...{ retries: 1, autoDisableAfter: 2, failureUnit: 'delivery', clientErrorsCount: false },
		});
		endpoint.responses.push(500, 500, 404);
		simulator.emit('page_create');
		await simulator.idle();
		simulator.emit('page_create');
		await simulator.idle();
		expect(simulator.webhooks()).toMatchObject([{ active: true, consecutiveFailures: 1 }]);
	});
});

describe('delivery log', () => {
	it('the delivery log downloads as CSV, with all rows or failures only', async () => {
		const { simulator, endpoint } = await connected();
		endpoint.responses.push(200, 404);
		simulator.emit('page_create');
		await simulator.idle();
		simulator.emit('page_create');
		await simulator.idle();
		const csv = async (only: string) => {
			const { body } = await send(`${simulator.url}/dashboard/deliveries-${only}.csv`);
			return body.trimEnd().split('\n');
		};
		const all = await csv('all');
		expect(all[0]).toBe(
			'delivery_timestamp,response_status_code,response_time,failure_reasons,retry_attempts,delivery_id,webhook_id,event_type',
		);
		expect(all).toHaveLength(3);
		const { deliveryTimestamp, responseTimeMs, deliveryId } = elementAt(simulator.deliveries, 1);
		expect(await csv('failures')).toEqual([
			all[0],
			`${deliveryTimestamp},404,${responseTimeMs},"HTTP 404, permanent",0,${deliveryId},1,Page_Create`,
		]);
	});
});

/** As the client says it, depending on what of the connection is still under way. */
const BROKEN = /other side closed|ECONNRESET/;

describe('faults', () => {
	it('a fault hits only the calls that it matches', async () => {
		const simulator = await site();
		simulator.faults.add({
			match: { method: 'GET', path: /\/webhooks$/, nth: 2, times: 2 },
			effect: { status: 503, headers: { 'Retry-After': '1' }, body: 'html' },
		});
		const statuses: number[] = [];
		for (let call = 0; call < 4; call++) {
			statuses.push((await ask(simulator, 'GET', '/webhooks')).status);
			await ask(simulator, 'GET', '/users/current');
		}
		expect(statuses).toEqual([200, 503, 503, 200]);
		simulator.faults.add({ effect: { status: 429, headers: { 'Retry-After': '7' } } });
		expect((await ask(simulator, 'GET', '/webhooks')).headers['retry-after']).toBe('7');
		simulator.faults.clear();
		expect((await ask(simulator, 'GET', '/webhooks')).status).toBe(200);
	});

	it('a fault with applyThenFail does the work and loses the response', async () => {
		const simulator = await site();
		simulator.faults.add({ match: { times: 1 }, effect: { applyThenFail: true, reset: true } });
		await expect(
			ask(simulator, 'POST', '/webhooks', { body: webhookBody('http://a.test/') }),
		).rejects.toThrow(BROKEN);
		expect(simulator.webhooks()).toHaveLength(1);
		expect(elementAt(simulator.apiCalls, 0).status).toBeNull();
	});

	it('a fault fails before the work by default, and a hanging one does not delay closing', async () => {
		const simulator = await site();
		const body = webhookBody('http://a.test/');
		simulator.faults.add({ match: { times: 1 }, effect: { status: 500 } });
		expect((await ask(simulator, 'POST', '/webhooks', { body })).status).toBe(500);
		expect(simulator.webhooks()).toHaveLength(0);
		simulator.faults.add({ effect: { hang: true } });
		const hanging = ask(simulator, 'GET', '/webhooks').catch((error: Error) => error.message);
		await expect.poll(() => simulator.apiCalls.length).toBe(2);
		await simulator.close();
		expect(await hanging).toMatch(BROKEN);
	});

	it.each([
		['empty', 200, ''],
		['truncated', 200, '<webhooks><webhook><id>1</id><guid>a1b2c3d4-e5f6'],
		['wrongRoot', 200, '<unexpected><answer>1</answer></unexpected>'],
		['old', 500, '<status>500</status>'],
		['xml', 500, '<exception>'],
	] as const)('a fault responds with the body "%s"', async (body, status, part) => {
		const simulator = await site();
		simulator.faults.add({ effect: { body, status } });
		const response = await ask(simulator, 'GET', '/webhooks');
		expect(response.status).toBe(status);
		expect(response.text).toContain(part);
	});
});

describe('pages', () => {
	const save = (simulator: Simulator, key: string, body: string, query = '?edittime=now') =>
		ask(simulator, 'POST', `/pages/${key}/contents${query}`, { body });
	const content = (body: string) => `<content><body>${body}</body></content>`;

	it('a page is created, read, tagged, moved and deleted by every identifier', async () => {
		const { simulator, endpoint } = await connected();
		for (const type of ['page_move', 'page_delete', 'pagetag_update']) {
			await ask(simulator, 'PUT', `/webhooks/1/events/${type}`);
		}
		const saved = await save(simulator, '=Caf%25C3%25A9%252FNew', content('<p>Größe &amp; co</p>'));
		expect(saved.text).toMatch(/^<edit status="success">.*<path seo="true">Café\/New<\/path>/);
		const { id, guid } = simulator.site.page('Café/New');
		for (const key of [id, `:${guid}`, '=Caf%25C3%25A9%252FNew']) {
			const { text } = await ask(simulator, 'GET', `/pages/${key}/info`);
			expect(text).toContain(`<page id="${id}"`);
		}
		const read = await ask(simulator, 'GET', `/pages/${id}/contents`);
		expect(read.text).toContain('<body>&lt;p&gt;Größe &amp;amp; co&lt;/p&gt;</body>');
		const tags = '<tags><tag value="a"/><tag value="b c"/></tags>';
		expect((await ask(simulator, 'PUT', `/pages/${id}/tags`, { body: tags })).text).toContain(
			'count="2"',
		);
		const moved = await ask(simulator, 'POST', `/pages/${id}/move?to=Caf%C3%A9/Moved`);
		expect(moved.text).toContain('<path seo="true">Café/Moved</path>');
		expect((await ask(simulator, 'DELETE', `/pages/${id}`)).text).toContain(
			'<deletedpages count="1">',
		);
		expect((await ask(simulator, 'GET', `/pages/${id}/info`)).status).toBe(404);
		await simulator.idle();
		const bodies = endpoint.received.map(({ body }) => body.toString()).join('\n');
		expect(bodies).toContain(
			'<tags-added><tag><name>a</name><type>text</type></tag><tag><name>b c<',
		);
		for (const type of ['create', 'move', 'delete'])
			expect(bodies).toContain(`type="page:${type}"`);
	});

	it('page paths must be encoded twice, and a missing page is virtual', async () => {
		const simulator = await site();
		expect((await ask(simulator, 'GET', '/pages/=A%2FB/info')).status).toBe(400);
		const missing = await ask(simulator, 'GET', '/pages/=A%252FB/info');
		expect(missing.status).toBe(200);
		expect(missing.text).toMatch(/^<page id="0" virtual="true">/);
		simulator.settings.missingPage = 'notFound';
		expect((await ask(simulator, 'GET', '/pages/=A%252FB/info')).status).toBe(404);
	});

	it('a save is refused for HTML that is not XML, without edit time and without rights', async () => {
		const simulator = await site();
		expect((await save(simulator, '=A', content('a&nbsp;b'))).status).toBe(400);
		expect((await save(simulator, '=A', content('a<br>b'))).status).toBe(400);
		expect((await save(simulator, '=A', content('a'), '')).status).toBe(400);
		expect((await save(simulator, '=A', content('a'))).status).toBe(200);
		expect(
			(await save(simulator, '=A', content('a'), '?edittime=now&abort=exists')).text,
		).toContain('<edit status="conflict">');
		const body = content('b');
		const token = simulator.readerJwt;
		const path = '/pages/=A/contents?edittime=now';
		expect((await ask(simulator, 'POST', path, { body, token })).status).toBe(403);
		expect((await ask(simulator, 'POST', path, { body, token: simulator.editorJwt })).status).toBe(
			200,
		);
		simulator.site.createPage('B');
		expect((await ask(simulator, 'POST', '/pages/=B/move?to=A')).status).toBe(409);
	});

	it('a save without charset loses non-ASCII characters', async () => {
		const simulator = await site();
		const headers = { 'Content-Type': 'application/xml' };
		const body = content('<p>Größe</p>');
		await ask(simulator, 'POST', '/pages/=A/contents?edittime=now', { body, headers });
		expect(simulator.site.page('A').html).toBe('<p>Gr??e</p>');
	});
});

describe('files, properties and search', () => {
	it('a file is stored, and each revision fires an event', async () => {
		const [simulator, endpoint] = [await site(), await listener()];
		await register(simulator, endpoint.url, 'attachment_create', 'attachment_update');
		const { pageId } = simulator.site.createPage('A');
		const path = `/pages/${pageId}/files/${encodeURIComponent(encodeURIComponent('a b.txt'))}`;
		const headers = { 'Content-Type': 'text/plain' };
		await ask(simulator, 'PUT', path, { body: 'one', headers });
		const { text } = await ask(simulator, 'PUT', path, { body: 'three', headers });
		expect(text).toMatch(/^<file id="1" revision="2".*<filename>a b\.txt<.*size="5"/);
		expect((await ask(simulator, 'GET', '/files/1')).text).toBe('three');
		await simulator.idle();
		const types = endpoint.received.map(({ headers: sent }) => sent['x-nexus-event-type']);
		expect(types.sort()).toEqual(['Attachment_Create', 'Attachment_Update']);
	});

	it('properties are set, listed, read and deleted', async () => {
		const simulator = await site();
		simulator.site.createPage('A');
		const body =
			'<properties><property name="urn:x#y"><contents type="text/plain">the Borg</contents></property></properties>';
		const set = await ask(simulator, 'PUT', '/pages/=A/properties', { body });
		expect(set.text).toContain('<status code="200"/>');
		const key = '/pages/=A/properties/urn%253Ax%2523y';
		expect((await ask(simulator, 'GET', key)).text).toBe('the Borg');
		const list = async (names: string) =>
			(await ask(simulator, 'GET', `/pages/=A/properties?names=${names}`)).text;
		expect(await list('urn*')).toContain('count="1"');
		expect(await list('other')).toContain('count="0"');
		expect((await ask(simulator, 'DELETE', key)).status).toBe(200);
		expect((await ask(simulator, 'GET', key)).status).toBe(404);
	});

	it('pages are found by tag, by word and in the archive', async () => {
		const simulator = await site();
		simulator.site.createPage('A/B', { html: '<p>battery</p>', tags: ['x', 'y'] });
		const found = async (path: string) => (await ask(simulator, 'GET', path)).text;
		expect(await found('/pages/=A/find?tags=x,y')).toContain('<path seo="true">A/B</path>');
		expect(await found('/pages/=A/find?tags=x,z')).toContain('count="0"');
		expect(await found('/pages/=A/find?since=20990101000000')).toContain('count="0"');
		expect(await found('/site/query?q=Battery&notrack=true')).toContain('querycount="1"');
		const { pageId } = simulator.site.deletePage('A/B');
		expect(await found(`/archive/pages/${pageId}/info`)).toContain('<path>A/B</path>');
		expect(await found('/users/search?username=edit')).toContain('<username>editor</username>');
	});
});

describe('web page', () => {
	it('the web page shows webhooks and pages escaped and without secrets', async () => {
		const { simulator } = await connected();
		simulator.site.createPage('X', { title: '<script>alert(1)</script>' });
		await simulator.idle();
		const { body: text } = await send(simulator.url);
		expect(text).toContain('/hook');
		expect(text).toContain('Page_Create');
		expect(text).not.toContain('Bearer hook');
		expect(text).toContain('&lt;script&gt;alert(1)');
		expect(text).not.toContain('<script>alert');
	});

	it('the web page lists deliveries by their start, newest first', async () => {
		const { simulator } = await connected();
		const starts = ['10:00:02', '10:00:00', '10:00:01'];
		for (const start of starts) {
			simulator.emit('page_create');
			await simulator.idle();
			simulator.deliveries.at(-1)!.deliveryTimestamp = `2026-01-30T${start}.000Z`;
		}
		const { body: text } = await send(simulator.url);
		expect(text.match(/10:00:0\d/g)).toEqual(['10:00:02', '10:00:01', '10:00:00']);
	});

	it('the web page enables a webhook and changes the site', async () => {
		const { simulator } = await connected();
		const press = (fields: Record<string, string>) =>
			submitForm(`${simulator.url}/dashboard/action`, fields);
		simulator.disableWebhook(1);
		expect((await press({ action: 'enable', webhook: '1' })).status).toBe(303);
		expect(elementAt(simulator.webhooks(), 0).active).toBe(true);
		await press({ action: 'create', title: 'By hand', parent: 'A' });
		expect(simulator.site.page('A/By_hand').title).toBe('By hand');
		await simulator.idle();
		expect(simulator.deliveries).toMatchObject([{ eventType: 'Page_Create', statusCode: 200 }]);
		expect((await press({ action: 'toString' })).status).toBe(400);
	});
});

describe('sendDelivery', () => {
	it('sendDelivery sends a genuine delivery, and one with headers replaced or removed', async () => {
		const endpoint = await listener();
		const delivery = { body: published, authorization: 'Bearer x', secret: 's', timestamp: 5 };
		expect((await sendDelivery(endpoint.url, delivery)).status).toBe(200);
		await sendDelivery(endpoint.url, {
			...delivery,
			headers: { 'x-nexus-signature-256': 'sha256=forged', AUTHORIZATION: null },
		});
		const genuine = elementAt(endpoint.received, 0).headers;
		const forged = elementAt(endpoint.received, 1).headers;
		expect(genuine).toMatchObject({
			authorization: 'Bearer x',
			'x-nexus-event-type': 'Page_Create',
			'x-nexus-signature-256': signDelivery({ secret: 's', timestamp: '5', body: published }),
		});
		expect(forged['x-nexus-signature-256']).toBe('sha256=forged');
		expect(forged.authorization).toBeUndefined();
	});
});
