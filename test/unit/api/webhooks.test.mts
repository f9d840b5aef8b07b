import { describe, expect, it } from 'vitest';

import { type ApiCall, ExpertClient, type HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { errorOf } from '../../../nodes/CxoneExpert/api/expert-error.ts';
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

const mayAlwaysRepeat = async () => true;

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

/** As short as an entry of the list may be. */
const bare = (id: string) =>
	`<webhook><id>${id}</id><webhook-url>https://example.com/webhook</webhook-url><active>true</active></webhook>`;

/** A client whose site returns these responses in turn, and the calls it received. */
function site(...responses: Array<string | Partial<HttpResponse>>) {
	const calls: Array<Partial<ApiCall>> = [];
	const api = new ExpertClient(
		async ({ mayRepeat: _repeat, doing: _doing, messages: _messages, explainsRefusal: _why, ...call }) => {
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
	it('listWebhooks reads entries that hold only ID, URL and state', async () => {
		const shown = { url: 'https://example.com/webhook', active: true };
		const rest = { consecutiveFailures: 0, disabledReason: '0' };
		expect(await listWebhooks(site(list(bare('123')), list()).api)).toEqual([
			{
				...{ id: '123', ...shown, authorization: '', hidesAuthorization: true },
				...{ events: [], ...rest, element: expect.anything() },
			},
		]);
	});

	it.each(['signing-secret', 'hmacKey', 'key', 'x:Secret', 'signing-token', 'Authorization'])(
		'listWebhooks leaves <%s> out of the element, however deep',
		async (name) => {
			const secret = `<${name}>whsec_01</${name}><a ${name}="whsec_02"/>`;
			const named = SAMPLE.replace('<events>', `${secret}<x>${secret}</x><events>`);
			const all = await listWebhooks(site(list(named), list()).api);
			expect(all).toMatchObject([{ element: { guid: expect.any(String), x: { a: {} } } }]);
			expect(JSON.stringify(all[0]!.element)).not.toMatch(/whsec|Bearer/);
		},
	);
});

it.each([
	['a webhook', SAMPLE, '123'],
	['an <id> alone (not found)', '<id>7</id>', undefined],
	['a webhook whose ID is no number (not found)', '<webhook><id>abc</id></webhook>', undefined],
	['a webhook without an ID (not found)', '<webhook/>', undefined],
	['an empty body (not found)', '', undefined],
])('createWebhook looks for the ID in %s', async (_case, body, id) => {
	const { api } = site({ status: 201, body });
	expect(await createWebhook(api, 'https://x', 'Bearer y', mayAlwaysRepeat)).toBe(id);
});

describe('updateWebhook, deleteWebhook, addEvent and removeEvent', () => {
	it('updateWebhook leaves out an Authorization value that the site does not show', async () => {
		const { api, calls } = site(SAMPLE);
		await updateWebhook(api, '123', { url: 'https://x/y', authorization: '', active: false });
		expect(calls).toMatchObject([
			{ body: '<webhook><webhook-url>https://x/y</webhook-url><active>false</active></webhook>' },
		]);
	});

	it('addEvent and removeEvent send the event in the path, without a body', async () => {
		const { api, calls } = site(SAMPLE, '');
		await addEvent(api, '123', 'Page/Odd?');
		await removeEvent(api, '123', 'Page/Odd');
		expect(calls).toEqual([
			{ method: 'PUT', path: '/webhooks/123/events/Page%2FOdd%3F' },
			{ method: 'DELETE', path: '/webhooks/123/events/Page%2FOdd' },
		]);
	});

	it.each([
		[404, true],
		[410, true],
		[403, false],
		[500, false],
		[0, false],
	])('deleteWebhook and removeEvent after %i succeed: %s', async (status, isDone) => {
		for (const done of [deleteWebhook(site({ status }).api, '1'), removeEvent(site({ status }).api, '1', 'x')]) {
			const thrown = await errorOf(done);
			expect(thrown === undefined).toBe(isDone);
		}
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

describe('listWebhooks and getWebhook, odd entries', () => {
	it.each([
		['id', bare('1').replace('<id>1</id>', '')],
		['webhook-url', bare('1').replace(/<webhook-url>.*<\/webhook-url>/, '')],
		['events/event/event-type', bare('1').replace('</active>', '</active><events><event/></events>')],
	])('listWebhooks names webhooks/webhook/%s where an entry lacks it', async (part, entry) => {
		const { message, description } = (await errorOf(listWebhooks(site(list(entry), list()).api)))!;
		expect(`${message} ${description}`).toContain(part);
	});

	it('listWebhooks asks for those in one state, and leaves out what is marked as deleted', async () => {
		const gone = bare('2').replace('</active>', '</active><deleted>true</deleted>');
		const { api, calls } = site(list(bare('1'), gone), list());
		expect(await listWebhooks(api, { active: true })).toMatchObject([{ id: '1' }]);
		expect(calls[0]!.query).toMatchObject({ active: true });
	});

	it.each([
		['is not there', { status: 404 }],
		['is marked as deleted', bare('1').replace('</active>', '</active><deleted>true</deleted>')],
	])('getWebhook gives nothing for a webhook that %s', async (_case, response) => {
		expect(await getWebhook(site(response).api, '1')).toBeUndefined();
	});
});
