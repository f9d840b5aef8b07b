import { describe, expect, it } from 'vitest';

import {
	type ApiCall,
	ExpertClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import {
	addEvent,
	createWebhook,
	deleteWebhook,
	disabledText,
	getWebhook,
	isDisabledByExpert,
	listWebhooks,
	removeEvent,
	updateWebhook,
	type Webhook,
} from '../../../nodes/CxoneExpert/api/webhooks.ts';

/** The sample of the vendor's API specification. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const SAMPLE_WEBHOOK = {
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

const mayAlwaysRepeat = async () => true;

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

/** A page of the list: `count` webhooks with the IDs from `from` on. */
const page = (from: number, count: number) =>
	list(...Array.from({ length: count }, (_, i) => `<webhook><id>${from + i}</id></webhook>`));

/** A client whose site returns these responses in turn, and the calls it received. */
function site(...responses: Array<string | Partial<HttpResponse>>) {
	const calls: Array<Partial<ApiCall>> = [];
	const api = new ExpertClient(
		async ({ mayRepeat: _mayRepeat, doing: _doing, messages: _messages, ...call }) => {
			calls.push(call);
			const response = responses[calls.length - 1] ?? '';
			const changed = typeof response === 'string' ? { body: response } : response;
			return { status: 200, headers: {}, body: '', ...changed };
		},
		[],
	);
	return { api, calls };
}

describe('listWebhooks', () => {
	it('listWebhooks reads the sample of the specification', async () => {
		const { api, calls } = site(list(SAMPLE), list());
		expect(await listWebhooks(api)).toEqual([SAMPLE_WEBHOOK]);
		const call = { method: 'GET', path: '/webhooks' };
		expect(calls).toEqual([
			{ ...call, query: { limit: 100, offset: 0 } },
			{ ...call, query: { limit: 100, offset: 1 } },
		]);
	});

	it.each(['<webhooks/>', '<webhooks> </webhooks>', '<webhooks></webhooks>'])(
		'listWebhooks reads %s as an empty list',
		async (body) => {
			expect(await listWebhooks(site(body).api)).toEqual([]);
		},
	);

	it('listWebhooks reads entries that hold only an ID', async () => {
		const body =
			'<webhooks><webhook><id>123</id></webhook><webhook><id>124</id></webhook></webhooks>';
		const bare = { url: '', active: false, authorization: '', events: [] };
		const rest = { consecutiveFailures: 0, disabledReason: '0' };
		expect(await listWebhooks(site(body, list()).api)).toEqual([
			{ id: '123', ...bare, ...rest, element: { id: '123' } },
			{ id: '124', ...bare, ...rest, element: { id: '124' } },
		]);
	});

	it('listWebhooks leaves out webhooks that are deleted or have no ID', async () => {
		const body =
			'<webhooks><webhook><id>1</id><deleted>TRUE</deleted></webhook><webhook/><webhook><id>2</id></webhook></webhooks>';
		const read = await listWebhooks(site(body, list()).api);
		expect(read).toMatchObject([{ id: '2' }]);
	});

	it('listWebhooks reads on from the number of entries received until a page is empty', async () => {
		const { api, calls } = site(page(0, 100), page(100, 20), page(120, 1), list());
		const all = await listWebhooks(api);
		expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 121 }, (_, i) => `${i}`));
		expect(calls.map(({ query }) => query?.offset)).toEqual([0, 100, 120, 121]);
	});

	it('listWebhooks stops at a page without new IDs, even if a count in it has changed', async () => {
		const { api, calls } = site(
			list(SAMPLE),
			list(SAMPLE.replace('<consecutive-failures>0', '<consecutive-failures>1')),
			list(SAMPLE.replace('<consecutive-failures>0', '<consecutive-failures>2')),
		);
		expect(await listWebhooks(api)).toEqual([SAMPLE_WEBHOOK]);
		expect(calls).toHaveLength(2);
	});

	it('listWebhooks returns each webhook once when the list shifts between two pages', async () => {
		const { api } = site(page(0, 3), page(2, 3), list());
		const all = await listWebhooks(api);
		expect(all.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
	});

	it('listWebhooks passes active to the site and stops when it has enough', async () => {
		const { api, calls } = site(page(0, 100), page(100, 100));
		expect(await listWebhooks(api, { active: false, max: 2 })).toMatchObject([
			{ id: '0' },
			{ id: '1' },
		]);
		expect(calls.map(({ query }) => query)).toEqual([{ limit: 100, offset: 0, active: false }]);
	});

	it('listWebhooks reads on until enough webhooks match', async () => {
		const { api, calls } = site(page(0, 100), list(SAMPLE, '<webhook><id>7777</id></webhook>'));
		const matches = ({ url }: { url: string }) => url.includes('example.com');
		expect(await listWebhooks(api, { max: 1, matches })).toEqual([SAMPLE_WEBHOOK]);
		expect(calls).toHaveLength(2);
	});

	it.each(['signing-secret', 'hmacKey', 'key', 'x:Secret', 'secretValue', 'signing-token'])(
		'listWebhooks leaves <%s> out of the element',
		async (name) => {
			const named = SAMPLE.replace(
				'<events>',
				`<${name}>whsec_01</${name}><a ${name}="whsec_02"/><events>`,
			);
			const all = await listWebhooks(site(list(named), list()).api);
			expect(all).toMatchObject([{ id: '123' }]);
			expect(JSON.stringify(all)).not.toContain('whsec');
		},
	);

	it('listWebhooks keeps nested secrets and authorizations out of the element', async () => {
		const nested = SAMPLE.replace(
			'<events>',
			'<x signing-secret="s3"><Authorization>a2</Authorization></x><events>',
		);
		const all = await listWebhooks(site(list(nested), list()).api);
		const element = all[0]!.element;
		expect(element).toEqual({
			id: '123',
			guid: SAMPLE_WEBHOOK.guid,
			'webhook-url': SAMPLE_WEBHOOK.url,
			active: 'true',
			deleted: 'false',
			'created-date': SAMPLE_WEBHOOK.createdAt,
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

	it('listWebhooks reads on after a page of deleted webhooks', async () => {
		const deleted = '<webhook><id>1</id><deleted>true</deleted></webhook>';
		const { api } = site(list(deleted), list(SAMPLE), list());
		expect(await listWebhooks(api)).toMatchObject([{ id: '123' }]);
	});

	it.each(['', '<user anonymous="true"/>', '<webhook><id>1</id></webhook>'])(
		'listWebhooks fails on the unexpected body %j',
		async (body) => {
			await expect(listWebhooks(site(body).api)).rejects.toMatchObject({ kind: 'unexpected' });
		},
	);

	it('listWebhooks returns the failure of any page', async () => {
		await expect(listWebhooks(site(page(0, 1), { status: 403 }).api)).rejects.toMatchObject({
			kind: 'http-status',
			status: 403,
		});
	});
});

describe('getWebhook', () => {
	it('getWebhook reads the sample of the specification', async () => {
		const { api, calls } = site(SAMPLE);
		expect(await getWebhook(api, '123')).toEqual(SAMPLE_WEBHOOK);
		expect(calls).toEqual([{ method: 'GET', path: '/webhooks/123' }]);
	});

	it('getWebhook reads why the site disabled a webhook', async () => {
		const off = SAMPLE.replace('<active>true', '<active>false')
			.replace('<consecutive-failures>0', '<consecutive-failures>10')
			.replace('disabled-reason>0', 'disabled-reason>TooManyFailures');
		expect(await getWebhook(site(off).api, '123')).toMatchObject({
			active: false,
			consecutiveFailures: 10,
			disabledReason: 'TooManyFailures',
		});
	});

	it('getWebhook reads an empty list of events and a list of one', async () => {
		const [before, after] = [SAMPLE.split('<events>')[0], '</webhook>'];
		const none = `${before}<events>\n  </events>${after}`;
		expect(await getWebhook(site(none).api, '1')).toMatchObject({ events: [] });
		const one = `${before}<events><event><event-type>Page_Move</event-type></event></events>${after}`;
		expect(await getWebhook(site(one).api, '1')).toMatchObject({ events: ['Page_Move'] });
	});

	it.each([
		['404', { status: 404 }],
		['410', { status: 410 }],
		['deleted', { body: '<webhook><id>1</id><deleted>true</deleted></webhook>' }],
	])('getWebhook returns undefined for a webhook that is gone (%s)', async (_case, response) => {
		expect(await getWebhook(site(response).api, '1')).toEqual(undefined);
	});

	it.each([{ status: 403 }, { status: 500 }, { body: '<webhooks/>' }, { body: '' }])(
		'getWebhook fails on %j rather than treat the webhook as gone',
		async (response) => {
			await expect(getWebhook(site(response).api, '1')).rejects.toThrow(ExpertError);
		},
	);

	it('getWebhook fails on a 404 web page, because the address is wrong', async () => {
		const page = { status: 404, body: '<html><body>Not found</body></html>' };
		await expect(getWebhook(site(page).api, '1')).rejects.toMatchObject({ kind: 'html' });
	});
});

describe('createWebhook', () => {
	it('createWebhook sends URL and authorization header, escaped', async () => {
		const { api, calls } = site({ status: 201 });
		await createWebhook(
			api,
			'https://n8n.example.com/webhook/a?b&c',
			'Bearer <x>',
			mayAlwaysRepeat,
		);
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
		['an <id> alone (not found)', '<id>7</id>', undefined],
		['a webhook within a response', '<response><webhook><id>8</id></webhook></response>', '8'],
		[
			'a webhook within a nested list',
			'<r><a/><webhooks><webhook><id>9</id></webhook></webhooks></r>',
			'9',
		],
		['a webhook whose ID is no number (not found)', '<webhook><id>abc</id></webhook>', undefined],
		['a webhook without an ID (not found)', '<webhook/>', undefined],
		['an empty body (not found)', '', undefined],
	])('createWebhook looks for the ID in %s', async (_case, body, id) => {
		const { api } = site({ status: 201, body });
		expect(await createWebhook(api, 'https://x', 'Bearer y', mayAlwaysRepeat)).toBe(id);
	});

	it('createWebhook throws what the call does', async () => {
		const { api } = site({ status: 403 });
		await expect(
			createWebhook(api, 'https://x', 'Bearer y', mayAlwaysRepeat),
		).rejects.toMatchObject({ status: 403 });
	});
});

describe('updateWebhook, deleteWebhook, addEvent and removeEvent', () => {
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

	it('addEvent and removeEvent send the event in the path, without a body', async () => {
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

	it('addEvent names the event that the site does not know', async () => {
		await expect(addEvent(site({ status: 400 }).api, '1', 'page_view')).rejects.toThrow(
			'"page_view"',
		);
	});

	it.each([404, 410])(
		'deleteWebhook and removeEvent succeed when the site responds %i',
		async (status) => {
			await expect(deleteWebhook(site({ status }).api, '1')).resolves.toBeUndefined();
			const removed = removeEvent(site({ status }).api, '1', 'page_create');
			await expect(removed).resolves.toBeUndefined();
		},
	);

	it('deleteWebhook and removeEvent fail on any other status', async () => {
		for (const response of [{ status: 403 }, { status: 500 }, { status: 0 }]) {
			await expect(deleteWebhook(site(response).api, '1')).rejects.toThrow(ExpertError);
			await expect(removeEvent(site(response).api, '1', 'x')).rejects.toThrow(ExpertError);
		}
	});

	it('addEvent fails when the webhook is gone', async () => {
		await expect(addEvent(site({ status: 404 }).api, '1', 'x')).rejects.toThrow(ExpertError);
	});
});

const webhook: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: false,
	authorization: 'Bearer x',
	events: [],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};

it.each([
	['0', 0, false, 'was disabled'],
	['0', 1, true, 'was disabled by Expert after 1 failed delivery'],
	['0', 3, true, 'was disabled by Expert after 3 failed deliveries in a row'],
	['4', 3, true, 'was disabled by Expert after 3 failed deliveries in a row (reason 4)'],
	['4', 0, true, 'was disabled by Expert (reason 4)'],
])(
	'a webhook that is off with the reason %s and %i failures was disabled by Expert: %s',
	(disabledReason, consecutiveFailures, byExpert, text) => {
		const found = { ...webhook, disabledReason, consecutiveFailures };
		expect(isDisabledByExpert(found)).toBe(byExpert);
		expect(disabledText(found)).toBe(text);
		expect(isDisabledByExpert({ ...found, active: true })).toBe(false);
	},
);
