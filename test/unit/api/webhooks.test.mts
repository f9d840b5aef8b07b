import { describe, expect, it } from 'vitest';

import {
	type ApiCall,
	createClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import {
	addEvent,
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	namedSecrets,
	removeEvent,
	updateWebhook,
} from '../../../nodes/CxoneExpert/api/webhooks.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const READ = {
	id: '123',
	url: 'https://example.com/webhook',
	active: true,
	authorization: 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...',
	events: ['Page_Create', 'Page_Delete'],
	consecutiveFailures: 0,
	disabledReason: '0',
	guid: 'a1b2c3d4-e5f6-7890-abcd-1234567890ab',
	createdAt: '2023-07-01T10:30:00Z',
	element: expect.objectContaining({ 'webhook-url': 'https://example.com/webhook' }),
};

const always = async () => true;

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

/** A page of the list: so many webhooks, by ids from there on. */
const page = (from: number, count: number) =>
	list(...Array.from({ length: count }, (_, i) => `<webhook><id>${from + i}</id></webhook>`));

/** An API whose site gives these bodies in turn, and the calls that it got. */
function site(...answers: Array<string | Partial<HttpResponse>>) {
	const calls: Array<Omit<ApiCall, 'mayRepeat'>> = [];
	const api = createClient(
		async ({ mayRepeat: _mayRepeat, ...call }) => {
			calls.push(call);
			const answer = answers[calls.length - 1] ?? '';
			const changed = typeof answer === 'string' ? { body: answer } : answer;
			return { status: 200, headers: {}, body: '', ...changed };
		},
		40_000,
		[],
	);
	return { api, calls };
}

describe('listWebhooks', () => {
	it('reads the sample of the specification', async () => {
		const { api, calls } = site(list(SAMPLE), list());
		expect(await listWebhooks(api)).toEqual({ ok: true, value: [READ] });
		const call = { method: 'GET', path: '/webhooks' };
		expect(calls).toEqual([
			{ ...call, query: { limit: 100, offset: 0 } },
			{ ...call, query: { limit: 100, offset: 1 } },
		]);
	});

	it.each(['<webhooks/>', '<webhooks> </webhooks>', '<webhooks></webhooks>'])(
		'reads %s as none',
		async (body) => {
			expect(await listWebhooks(site(body).api)).toEqual({ ok: true, value: [] });
		},
	);

	it('reads entries that are shortened', async () => {
		const body =
			'<webhooks><webhook><id>123</id></webhook><webhook><id>124</id></webhook></webhooks>';
		const bare = { url: '', active: false, authorization: '', events: [] };
		const rest = { consecutiveFailures: 0, disabledReason: '0' };
		expect(await listWebhooks(site(body, list()).api)).toEqual({
			ok: true,
			value: [
				{ id: '123', ...bare, ...rest, element: { id: '123' } },
				{ id: '124', ...bare, ...rest, element: { id: '124' } },
			],
		});
	});

	it('leaves out what is deleted or has no id', async () => {
		const body =
			'<webhooks><webhook><id>1</id><deleted>TRUE</deleted></webhook><webhook/><webhook><id>2</id></webhook></webhooks>';
		const read = await listWebhooks(site(body, list()).api);
		expect(read).toMatchObject({ ok: true, value: [{ id: '2' }] });
	});

	it('goes on by what came until a page is empty', async () => {
		const { api, calls } = site(page(0, 100), page(100, 20), page(120, 1), list());
		const all = await listWebhooks(api);
		expect(all.ok && all.value.map(({ id }) => id)).toEqual(
			Array.from({ length: 121 }, (_, i) => `${i}`),
		);
		expect(calls.map(({ query }) => query?.offset)).toEqual([0, 100, 120, 121]);
	});

	it('ends at a page that brings nothing new, although a count in it has changed', async () => {
		const { api, calls } = site(
			list(SAMPLE),
			list(SAMPLE.replace('<consecutive-failures>0', '<consecutive-failures>1')),
			list(SAMPLE.replace('<consecutive-failures>0', '<consecutive-failures>2')),
		);
		expect(await listWebhooks(api)).toEqual({ ok: true, value: [READ] });
		expect(calls).toHaveLength(2);
	});

	it('has each once when the list moves on between two pages', async () => {
		const { api } = site(page(0, 3), page(2, 3), list());
		const all = await listWebhooks(api);
		expect(all.ok && all.value.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
	});

	it('asks the site for those that are on or off, and stops when there are enough', async () => {
		const { api, calls } = site(page(0, 100), page(100, 100));
		expect(await listWebhooks(api, { active: false, max: 2 })).toMatchObject({
			ok: true,
			value: [{ id: '0' }, { id: '1' }],
		});
		expect(calls.map(({ query }) => query)).toEqual([{ limit: 100, offset: 0, active: false }]);
	});

	it('goes on until there are enough of those that match', async () => {
		const { api, calls } = site(page(0, 100), list(SAMPLE, '<webhook><id>7777</id></webhook>'));
		const matches = ({ url }: { url: string }) => url.includes('example.com');
		expect(await listWebhooks(api, { max: 1, matches })).toEqual({ ok: true, value: [READ] });
		expect(calls).toHaveLength(2);
	});

	it('keeps a secret that the site names apart, and out of what is shown', async () => {
		const named = SAMPLE.replace(
			'<events>',
			'<signing-secret>whsec_01</signing-secret><hmac-key>hm4c0123456789</hmac-key><events>',
		);
		const all = await listWebhooks(site(list(named), list()).api);
		const [webhook] = all.ok ? all.value : [];
		expect(webhook?.secrets).toEqual(['whsec_01', 'hm4c0123456789']);
		expect(JSON.stringify(webhook?.element)).not.toMatch(/whsec_01|hm4c/);
	});

	it('keeps what is secret out of the element', async () => {
		const nested = SAMPLE.replace(
			'<events>',
			'<x signing-secret="s3"><Authorization>a2</Authorization></x><events>',
		);
		const all = await listWebhooks(site(list(nested), list()).api);
		const element = all.ok && all.value[0]!.element;
		expect(element).toEqual({
			id: '123',
			guid: READ.guid,
			'webhook-url': READ.url,
			active: 'true',
			deleted: 'false',
			'created-date': READ.createdAt,
			'consecutive-failures': '0',
			'consecutive-failures-disabled-reason': '0',
			x: {},
			events: {
				event: [
					{ 'event-type': 'Page_Create', 'created-date': '2023-07-01T11:00:00Z' },
					{ 'event-type': 'Page_Delete', 'created-date': '2023-07-01T11:05:00Z' },
				],
			},
		});
	});

	it('goes on after a page in which all are deleted', async () => {
		const deleted = '<webhook><id>1</id><deleted>true</deleted></webhook>';
		const { api } = site(list(deleted), list(SAMPLE), list());
		expect(await listWebhooks(api)).toMatchObject({ ok: true, value: [{ id: '123' }] });
	});

	it.each(['', '<user anonymous="true"/>', '<webhook><id>1</id></webhook>'])(
		'is not content with %j',
		async (body) => {
			expect(await listWebhooks(site(body).api)).toMatchObject({
				ok: false,
				failure: { kind: 'unexpected' },
			});
		},
	);

	it('gives the failure of any page', async () => {
		expect(await listWebhooks(site(page(0, 1), { status: 403 }).api)).toMatchObject({
			ok: false,
			failure: { kind: 'http-status', status: 403 },
		});
	});
});

describe('getWebhook', () => {
	it('reads the sample of the specification', async () => {
		const { api, calls } = site(SAMPLE);
		expect(await getWebhook(api, '123')).toEqual({ ok: true, value: READ });
		expect(calls).toEqual([{ method: 'GET', path: '/webhooks/123' }]);
	});

	it('reads that the site has switched it off', async () => {
		const off = SAMPLE.replace('<active>true', '<active>false')
			.replace('<consecutive-failures>0', '<consecutive-failures>10')
			.replace('disabled-reason>0', 'disabled-reason>TooManyFailures');
		expect(await getWebhook(site(off).api, '123')).toMatchObject({
			value: { active: false, consecutiveFailures: 10, disabledReason: 'TooManyFailures' },
		});
	});

	it('reads white space where events would be as none, and one event as one', async () => {
		const [before, after] = [SAMPLE.split('<events>')[0], '</webhook>'];
		const none = `${before}<events>\n  </events>${after}`;
		expect(await getWebhook(site(none).api, '1')).toMatchObject({ value: { events: [] } });
		const one = `${before}<events><event><event-type>Page_Move</event-type></event></events>${after}`;
		expect(await getWebhook(site(one).api, '1')).toMatchObject({
			value: { events: ['Page_Move'] },
		});
	});

	it.each([
		['404', { status: 404 }],
		['410', { status: 410 }],
		['deleted', { body: '<webhook><id>1</id><deleted>true</deleted></webhook>' }],
	])('is undefined when it is gone (%s)', async (_case, answer) => {
		expect(await getWebhook(site(answer).api, '1')).toEqual({ ok: true, value: undefined });
	});

	it.each([{ status: 403 }, { status: 500 }, { body: '<webhooks/>' }, { body: '' }])(
		'does not take %j for gone',
		async (answer) => {
			expect(await getWebhook(site(answer).api, '1')).toHaveProperty('ok', false);
		},
	);

	it('does not take a web page of 404 for gone: the address is wrong', async () => {
		const page = { status: 404, body: '<html><body>Not found</body></html>' };
		expect(await getWebhook(site(page).api, '1')).toMatchObject({
			ok: false,
			failure: { kind: 'html' },
		});
	});
});

describe('createWebhook', () => {
	it('sends URL and authorization header, escaped', async () => {
		const { api, calls } = site({ status: 201 });
		await createWebhook(api, 'https://n8n.example.com/webhook/a?b&c', 'Bearer <x>', always);
		expect(calls).toEqual([
			{
				method: 'POST',
				path: '/webhooks',
				body: '<webhook><webhook-url>https://n8n.example.com/webhook/a?b&amp;c</webhook-url><authorization-header>Bearer &lt;x&gt;</authorization-header></webhook>',
			},
		]);
	});

	it.each([
		['a webhook', SAMPLE, '123'],
		['an id alone', '<id>7</id>', undefined],
		['an id within', '<response><webhook><id>8</id></webhook></response>', '8'],
		[
			'an id deep within a list',
			'<r><a/><webhooks><webhook><id>9</id></webhook></webhooks></r>',
			'9',
		],
		['an id that is no number', '<webhook><id>abc</id></webhook>', undefined],
		['no id', '<webhook/>', undefined],
		['nothing', '', undefined],
	])('finds the id in %s', async (_case, body, id) => {
		const { api } = site({ status: 201, body });
		expect(await createWebhook(api, 'https://x', 'Bearer y', always)).toEqual({
			ok: true,
			value: { id, namesSecret: false },
		});
	});

	it.each([
		['beside it', SAMPLE.replace('<events>', '<secret>whsec_test</secret><events>')],
		['alone', '<created><id>123</id><signing-key>whsec_test</signing-key></created>'],
	])('notices a secret that the answer names %s', async (_case, body) => {
		const { api } = site({ status: 201, body });
		expect(await createWebhook(api, 'https://x', 'Bearer y', always)).toEqual({
			ok: true,
			value: { id: '123', namesSecret: true },
		});
	});

	it('gives the failure', async () => {
		const { api } = site({ status: 403 });
		expect(await createWebhook(api, 'https://x', 'Bearer y', always)).toMatchObject({
			ok: false,
			failure: { status: 403, task: 'register-webhook' },
		});
	});
});

describe('the other calls', () => {
	it('updateWebhook sends URL, authorization header and active', async () => {
		const { api, calls } = site(SAMPLE);
		const settings = { url: 'https://x/y', authorization: 'Bearer z', active: true };
		await updateWebhook(api, '123', settings);
		await updateWebhook(api, '123', { ...settings, authorization: '', active: false });
		expect(calls).toEqual([
			{
				method: 'PUT',
				path: '/webhooks/123',
				body: '<webhook><webhook-url>https://x/y</webhook-url><authorization-header>Bearer z</authorization-header><active>true</active></webhook>',
			},
			{
				method: 'PUT',
				path: '/webhooks/123',
				body: '<webhook><webhook-url>https://x/y</webhook-url><active>false</active></webhook>',
			},
		]);
	});

	it('addEvent and removeEvent name the event in the path and send no body', async () => {
		const { api, calls } = site(SAMPLE, SAMPLE, '');
		await addEvent(api, '123', 'page_create');
		await addEvent(api, '123', 'Page/Odd?');
		await removeEvent(api, '123', 'Page/Odd');
		expect(calls).toEqual([
			{ method: 'PUT', path: '/webhooks/123/events/page_create' },
			{ method: 'PUT', path: '/webhooks/123/events/Page%2FOdd%3F' },
			{ method: 'DELETE', path: '/webhooks/123/events/Page%2FOdd' },
		]);
	});

	it('addEvent names the event in its failure', async () => {
		expect(await addEvent(site({ status: 400 }).api, '1', 'page_view')).toMatchObject({
			failure: { task: 'add-event', subject: 'page_view' },
		});
	});

	it.each([404, 410])('what is gone already (%i) counts as removed', async (status) => {
		const gone = { ok: true, value: undefined };
		expect(await deleteWebhook(site({ status }).api, '1')).toEqual(gone);
		expect(await removeEvent(site({ status }).api, '1', 'page_create')).toEqual(gone);
	});

	it('anything else does not', async () => {
		for (const answer of [{ status: 403 }, { status: 500 }, { status: 0 }]) {
			expect(await deleteWebhook(site(answer).api, '1')).toHaveProperty('ok', false);
			expect(await removeEvent(site(answer).api, '1', 'x')).toHaveProperty('ok', false);
		}
	});

	it('an event of a webhook that is gone is not added', async () => {
		expect(await addEvent(site({ status: 404 }).api, '1', 'x')).toHaveProperty('ok', false);
	});
});

describe('namedSecrets', () => {
	const named = (inner: string) => {
		const read = readXml(SAMPLE.replace('<events>', `${inner}<events>`));
		return read.ok ? namedSecrets(read.value.root) : undefined;
	};

	it('are none in the sample of the specification', () => {
		expect(named('')).toEqual([]);
	});

	it.each([
		...['secret', 'Secret', 'signing-secret', 'signing_secret', 'signingSecret', 'webhook-secret'],
		...[
			'hmac',
			'hmac-key',
			'hmacKey',
			'hmac-secret',
			'key',
			'signing-key',
			'secret-key',
			'x:secret',
		],
		...['secret-value', 'secretValue', 'signing-token', 'key-value'],
	])('are found in <%s>', (name) => {
		expect(named(`<${name}> whsec_test </${name}>`)).toEqual(['whsec_test']);
		expect(named(`<x><y ${name}="whsec_test"/></x>`)).toEqual(['whsec_test']);
	});

	it('are found however deep, with attributes, and each once', () => {
		const deep =
			'<secrets><secret n="1">whsec_one</secret><secret>whsec_two</secret></secrets><key>whsec_one</key>';
		expect(named(deep)).toEqual(['whsec_one', 'whsec_two']);
	});

	it.each([
		...['secret-id', 'secret-created-date', 'signing-method', 'hmac-algorithm', 'key-id', 'monkey'],
		...['public-key', 'keyword', 'secretary', 'authorization-secret', 'signing', 'token'],
	])('are not found in <%s>', (name) => {
		expect(named(`<${name}>whsec_test</${name}>`)).toEqual([]);
	});

	it.each([
		...[
			'',
			'true',
			'enabled',
			'12345678',
			'********',
			'whs******est',
			'two words here',
			'HMAC-SHA256',
		],
		...['hmacsha512', 'sha-256', 'short'],
	])('are not the value %j, which others can guess or nobody can use', (value) => {
		expect(named(`<secret>${value}</secret>`)).toEqual([]);
	});

	it('are not looked for below the events', () => {
		const events = '<events><event><secret>whsec_test</secret></event></events>';
		expect(namedSecrets({ events: { event: [{ secret: 'whsec_test' }] } })).toEqual([]);
		expect(named(`<x>${events}</x>`)).toEqual([]);
	});
});
