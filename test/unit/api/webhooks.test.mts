import { expect, it, vi } from 'vitest';

import { ExpertClient, type HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { errorOf } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import {
	createWebhook,
	deleteWebhook,
	disabledText,
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

/** A client whose site returns these responses in turn. */
function site(...responses: Array<Partial<HttpResponse>>) {
	let count = 0;
	return new ExpertClient(async () => ({ status: 200, headers: {}, body: '', ...responses[count++] }), []);
}

it.each(['signing-secret', 'hmacKey', 'key', 'x:Secret', 'signing-token', 'Authorization'])(
	'listWebhooks leaves <%s> out of the element, however deep',
	async (name) => {
		const secret = `<${name}>whsec_01</${name}><a ${name}="whsec_02"/>`;
		const named = SAMPLE.replace('<events>', `${secret}<x>${secret}</x><events>`);
		const all = await listWebhooks(site({ body: list(named) }, { body: list() }));
		expect(all).toMatchObject([{ element: { guid: expect.any(String), x: { a: {} } } }]);
		expect(JSON.stringify(all[0]!.element)).not.toMatch(/whsec|Bearer/);
	},
);

it.each([
	['a webhook', SAMPLE, '123'],
	['an <id> alone (not found)', '<id>7</id>', undefined],
	['a webhook within a response', '<response><webhook><id>8</id></webhook></response>', '8'],
	['a webhook whose ID is no number (not found)', '<webhook><id>abc</id></webhook>', undefined],
	['an empty body (not found)', '', undefined],
])('createWebhook looks for the ID in %s', async (_case, body, id) => {
	const api = site({ status: 201, body });
	expect(await createWebhook(api, 'https://x', 'Bearer y', mayAlwaysRepeat)).toBe(id);
});

it('updateWebhook leaves out an Authorization value that the site does not show', async () => {
	const send = vi.fn(async () => ({ status: 200, headers: {}, body: SAMPLE }));
	const settings = { url: 'https://x/y', authorization: '', active: false };
	await updateWebhook(new ExpertClient(send, []), '123', settings);
	const body = '<webhook><webhook-url>https://x/y</webhook-url><active>false</active></webhook>';
	expect(send).toHaveBeenCalledWith(expect.objectContaining({ body }), 5000, true);
});

it.each([
	[404, true],
	[410, true],
	[403, false],
	[500, false],
	[0, false],
])('deleteWebhook and removeEvent after %i succeed: %s', async (status, isDone) => {
	for (const done of [deleteWebhook(site({ status }), '1'), removeEvent(site({ status }), '1', 'x')]) {
		const thrown = await errorOf(done);
		expect(thrown === undefined).toBe(isDone);
	}
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
