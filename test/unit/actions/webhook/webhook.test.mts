import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { addWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/add-event.operation.ts';
import { checkWebhookHealth } from '../../../../nodes/CxoneExpert/actions/webhook/check-health.operation.ts';
import { deleteWebhookOperation } from '../../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { disableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/disable.operation.ts';
import { enableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/enable.operation.ts';
import { getManyWebhooks } from '../../../../nodes/CxoneExpert/actions/webhook/get-many.operation.ts';
import { getWebhookOperation } from '../../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
import { removeWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/remove-event.operation.ts';
import { updateWebhookOperation } from '../../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-authorization.ts';
import {
	onlyItem,
	refusalOf,
	runOperation,
	type StubAnswer,
	TOKEN,
} from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const AUTHORIZATION = 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...';

const ITEM = {
	id: '123',
	guid: 'a1b2c3d4-e5f6-7890-abcd-1234567890ab',
	url: 'https://example.com/webhook',
	active: true,
	events: ['page_create', 'page_delete'],
	consecutiveFailures: 0,
	createdAt: '2023-07-01T10:30:00Z',
};

/** The sample after Expert has switched it off. */
const OFF = SAMPLE.replace('<active>true', '<active>false')
	.replace('failures>0<', 'failures>10<')
	.replace('reason>0<', 'reason>1<');

const OFF_ITEM = { ...ITEM, active: false, consecutiveFailures: 10, disabledReason: '1' };

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;
const other = (id: string, url = 'https://example.org/hook') =>
	SAMPLE.replace('<id>123', `<id>${id}`).replace('https://example.com/webhook', url);
const withEvents = (...names: string[]) =>
	SAMPLE.replace(
		/<events>.*<\/events>/,
		`<events>${names.map((name) => `<event><event-type>${name}</event-type></event>`).join('')}</events>`,
	);

const put = (body: string) => ({
	method: 'PUT',
	url: '/webhooks/123',
	type: 'application/xml; charset=utf-8',
	body: `<webhook>${body}</webhook>`,
});
const settings = (url: string, authorization: string, active: boolean) =>
	put(
		`<webhook-url>${url}</webhook-url><authorization-header>${authorization}</authorization-header><active>${active}</active>`,
	);
const GET = { method: 'GET', url: '/webhooks/123' };
const LIST = { method: 'GET', url: '/webhooks?limit=100&offset=0' };
const event = (method: string, name: string) => ({
	method,
	url: `/webhooks/123/events/${name}`,
	type: 'application/xml; charset=utf-8',
});

const webhook = { mode: 'id', value: '123' };
const byUrl = { mode: 'url', value: 'https://EXAMPLE.com/webhook' };

describe('get', () => {
	it('reads the sample of the specification', async () => {
		const run = await runOperation(getWebhookOperation, { webhook }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET]);
	});

	it('says why it is off', async () => {
		expect(onlyItem(await runOperation(getWebhookOperation, { webhook }, [OFF]))).toEqual(OFF_ITEM);
	});

	it('gives everything but the Authorization value when nothing is to be simplified', async () => {
		const run = await runOperation(getWebhookOperation, { webhook, simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ id: '123', deleted: 'false', 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});

	it('finds it by URL', async () => {
		const answers = [list(other('7'), SAMPLE), SAMPLE];
		const run = await runOperation(getWebhookOperation, { webhook: byUrl }, answers);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([LIST, GET]);
	});

	it.each([
		[{ status: 404, body: '' }, 'Expert does not have this webhook'],
		[SAMPLE.replace('deleted>false', 'deleted>true'), 'Expert does not have this webhook'],
		[{ status: 403, body: '' }, 'Expert did not allow this (403) while n8n tried to read'],
		['<html/>', 'The address returned a web page'],
		['<webhooks/>', 'The Expert site returned an unexpected response'],
	])('says what %j means', async (answer, words) => {
		const { message } = await refusalOf(getWebhookOperation, { webhook }, [answer]);
		expect(message).toContain(words);
	});

	it.each([
		[list(), 'Expert has no webhook with this URL'],
		[list(SAMPLE, other('124', ITEM.url)), 'more than one webhook with this URL (IDs 123, 124)'],
	])('refuses a URL that names not one', async (answer, words) => {
		const { message } = await refusalOf(getWebhookOperation, { webhook: byUrl }, [answer]);
		expect(message).toContain(words);
	});
});

describe('getMany', () => {
	const all = { returnAll: true };

	it('gives each webhook', async () => {
		const off = OFF.replace('<id>123', '<id>124');
		const run = await runOperation(getManyWebhooks, all, [list(SAMPLE, off)]);
		expect(run.outputs).toEqual([{ json: ITEM }, { json: { ...OFF_ITEM, id: '124' } }]);
		expect(run.calls).toEqual([LIST]);
	});

	it('gives no more than the limit', async () => {
		const run = await runOperation(getManyWebhooks, { limit: 1 }, [list(SAMPLE, other('124'))]);
		expect(run.outputs).toEqual([{ json: ITEM }]);
	});

	it.each([
		['on', '&active=true'],
		['off', '&active=false'],
		['all', ''],
	])('asks the site for those that are %s', async (active, query) => {
		const run = await runOperation(getManyWebhooks, { ...all, options: { active } }, [list()]);
		expect(run.calls).toEqual([{ ...LIST, url: `${LIST.url}${query}` }]);
	});

	it('gives elements without the Authorization value', async () => {
		const run = await runOperation(getManyWebhooks, { ...all, simplify: false }, [list(SAMPLE)]);
		expect(onlyItem(run)).toMatchObject({ 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});
});

describe('enable and disable', () => {
	it('switch it on and leave the rest as it is', async () => {
		const run = await runOperation(enableWebhook, { webhook }, [OFF, SAMPLE, SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET, settings(ITEM.url, AUTHORIZATION, true), GET]);
	});

	it('switch it off', async () => {
		const off = SAMPLE.replace('<active>true', '<active>false');
		const run = await runOperation(disableWebhook, { webhook }, [SAMPLE, off, off]);
		expect(onlyItem(run)).toEqual({ ...ITEM, active: false });
		expect(run.calls).toEqual([GET, settings(ITEM.url, AUTHORIZATION, false), GET]);
	});

	it('send nothing when it is so already', async () => {
		expect((await runOperation(enableWebhook, { webhook }, [SAMPLE])).calls).toEqual([GET]);
		expect((await runOperation(disableWebhook, { webhook }, [OFF])).calls).toEqual([GET]);
	});

	it('add the events again that the site has cleared', async () => {
		const answers = [OFF, withEvents(), withEvents('Page_Create'), SAMPLE, SAMPLE];
		const run = await runOperation(enableWebhook, { webhook }, answers);
		expect(onlyItem(run)).toEqual(ITEM);
		const on = settings(ITEM.url, AUTHORIZATION, true);
		expect(run.calls).toEqual([GET, on, GET, event('PUT', 'page_delete'), GET]);
	});

	it.each<[string, StubAnswer[]]>([
		['cannot be read', [SAMPLE, { status: 500, body: '' }]],
		['cannot be added', [SAMPLE, withEvents(), { status: 500, body: '' }, '']],
		['are not added in spite of a 200', [SAMPLE, withEvents(), '', '', withEvents()]],
		['are cleared by an update that gave no answer', [{ status: 500, body: '' }, '<html/>']],
	])('name the events when they %s', async (_case, answers) => {
		const said = await refusalOf(enableWebhook, { webhook }, [OFF, ...answers]);
		expect(said.description).toContain('may lack events now: ');
		expect(said.description).toMatch(/page_create, page_delete|Page_Create, Page_Delete/);
	});

	it('add the events again when the answer to the update was lost, and tell of that', async () => {
		const answers = [OFF, { status: 502, body: '' }, withEvents(), '', '', SAMPLE];
		const said = await refusalOf(enableWebhook, { webhook }, answers);
		expect(said.message).toContain('(502) while n8n tried to update the webhook');
		expect(said.description).not.toContain('may lack events');
		expect(said.calls.slice(3)).toEqual([
			event('PUT', 'page_create'),
			event('PUT', 'page_delete'),
			GET,
		]);
	});

	it('send no Authorization value when the site does not show it', async () => {
		const hidden = OFF.replace(/<authorization-header>.*<\/authorization-header>/, '');
		const run = await runOperation(enableWebhook, { webhook }, [hidden, '', SAMPLE]);
		const body = `<webhook-url>${ITEM.url}</webhook-url><active>true</active>`;
		expect(run.calls[1]).toEqual(put(body));
	});

	it.each([
		[[OFF, { status: 400, body: '' }], 'Expert did not switch the webhook on (400)'],
		[[OFF, SAMPLE, OFF], 'the webhook is still off'],
	])('say that only the Dashboard may do it', async (answers, words) => {
		const { message, description } = await refusalOf(enableWebhook, { webhook }, answers);
		expect(message).toContain(words);
		expect(description).toContain('Dashboard');
	});

	it('do not show an Authorization value that the site repeats', async () => {
		const mine = OFF.replace(AUTHORIZATION, 'Basic dXNlcjpoaWRkZW4tcGFzcw==');
		const body = '<error><message>bad: dXNlcjpoaWRkZW4tcGFzcw== hidden-pass</message></error>';
		const said = await refusalOf(enableWebhook, { webhook }, [mine, { status: 400, body }]);
		expect(said.description).toContain('The site said: bad: [hidden] [hidden]');
	});
});

describe('update', () => {
	const update = async (updateFields: IDataObject, ...answers: string[]) =>
		await runOperation(updateWebhookOperation, { webhook, updateFields }, answers);
	const url = 'https://example.com/webhook/a&b/webhook';
	const moved = SAMPLE.replace(ITEM.url, url.replace('&', '&amp;'));

	it('changes the URL and nothing else', async () => {
		const run = await update({ url }, OFF, list(OFF), moved, moved);
		expect(onlyItem(run)).toEqual({ ...ITEM, url });
		const sent = settings(url.replace('&', '&amp;'), AUTHORIZATION, false);
		expect(run.calls).toEqual([GET, LIST, sent, GET]);
	});

	it('renews what the trigger expects', async () => {
		const credential = { authentication: 'jwt', jwt: TOKEN } as const;
		const expected = deliveryAuthorization(credential, ITEM.url)!;
		const renewed = SAMPLE.replace(AUTHORIZATION, expected);
		const run = await update({ renewAuthorization: true }, SAMPLE, renewed, renewed);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET, settings(ITEM.url, expected, true), GET]);
	});

	it.each([
		[{}, [], 'Nothing to change is entered'],
		[{ renewAuthorization: false, url: ' ' }, [], 'Nothing to change is entered'],
		[{ url: 'http://example.com' }, [], 'Expert cannot deliver to "http://example.com"'],
		[{ url: 'example.com' }, [], 'Expert cannot deliver to "example.com"'],
		[
			{ url },
			[SAMPLE, list(SAMPLE, other('9', url.replace('&', '&amp;')))],
			'Webhook 9 delivers to this URL already',
		],
		[{ url }, [SAMPLE, list(SAMPLE), SAMPLE, SAMPLE], 'the webhook is not as it was asked for'],
		[
			{ renewAuthorization: true },
			[SAMPLE, SAMPLE, SAMPLE],
			'the webhook is not as it was asked for',
		],
	])('refuses %j', async (updateFields, answers, words) => {
		const said = await refusalOf(updateWebhookOperation, { webhook, updateFields }, answers);
		expect(said.message).toContain(words);
	});
});

describe('delete', () => {
	const gone = { status: 404, body: '' };

	it('removes it and looks whether it is gone', async () => {
		const run = await runOperation(deleteWebhookOperation, { webhook }, [SAMPLE, '', gone]);
		expect(onlyItem(run)).toEqual({ id: '123', url: ITEM.url, deleted: true });
		expect(run.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
			'GET /webhooks/123',
			'DELETE /webhooks/123',
			'GET /webhooks/123',
		]);
	});

	it.each([
		[[gone], 'Expert does not have this webhook'],
		[[SAMPLE, '', SAMPLE], 'the webhook is still there'],
		[[SAMPLE, { status: 403, body: '' }], 'Expert did not allow this (403)'],
	])('says why not', async (answers, words) => {
		const said = await refusalOf(deleteWebhookOperation, { webhook }, answers);
		expect(said.message).toContain(words);
	});
});

describe('addEvent', () => {
	const events = ['page_create', 'page_move'];
	const options = { additionalEvents: 'Draft.Content:Update, page move' };

	it('adds each that is not registered, once', async () => {
		const after = withEvents('Page_Create', 'Page_Move', 'DraftContent_Update');
		const answers = [SAMPLE, SAMPLE, SAMPLE, after];
		const run = await runOperation(addWebhookEvents, { webhook, events, options }, answers);
		expect(onlyItem(run).events).toEqual(['page_create', 'page_move', 'draftcontent_update']);
		expect(run.calls).toEqual([
			GET,
			event('PUT', 'page_move'),
			event('PUT', 'draftcontent_update'),
			GET,
		]);
	});

	it('sends nothing when all are registered', async () => {
		const run = await runOperation(addWebhookEvents, { webhook, events: ['page_create'] }, [
			SAMPLE,
		]);
		expect(run.calls).toEqual([GET]);
	});

	it.each([
		[{}, [], 'No events are chosen'],
		[{ events }, [SAMPLE, { status: 400, body: '' }], 'Expert does not know this event (400)'],
		[{ events }, [SAMPLE, SAMPLE, SAMPLE], 'did not register page_move'],
	])('refuses %j', async (fields, answers, words) => {
		const said = await refusalOf(addWebhookEvents, { webhook, ...fields }, answers);
		expect(said.message).toContain(words);
	});
});

describe('removeEvent', () => {
	it('removes each that is registered', async () => {
		const events = ['page_delete', 'page_move'];
		const answers = [SAMPLE, '', withEvents('Page_Create')];
		const run = await runOperation(removeWebhookEvents, { webhook, events }, answers);
		expect(onlyItem(run).events).toEqual(['page_create']);
		expect(run.calls).toEqual([GET, event('DELETE', 'page_delete'), GET]);
	});

	it('removes all, also those that the list does not know', async () => {
		const answers = [withEvents('Page_Create', 'Draft_Publish'), '', '', withEvents()];
		const run = await runOperation(removeWebhookEvents, { webhook, events: ['*'] }, answers);
		expect(onlyItem(run).events).toEqual([]);
		const removed = [event('DELETE', 'page_create'), event('DELETE', 'draft_publish')];
		expect(run.calls).toEqual([GET, ...removed, GET]);
	});

	it('sends nothing when none is registered', async () => {
		const run = await runOperation(removeWebhookEvents, { webhook, events: ['user_create'] }, [
			SAMPLE,
		]);
		expect(run.calls).toEqual([GET]);
	});

	it('says when one is still there', async () => {
		const events = ['page_delete'];
		const said = await refusalOf(removeWebhookEvents, { webhook, events }, [SAMPLE, '', SAMPLE]);
		expect(said.message).toContain('page_delete is still registered');
	});
});

describe('checkHealth', () => {
	const ours = { options: { webhookUrl: 'https://example.com/webhook' } };
	const repairing = { ...ours, repair: true, expectedEvents: ['page_create', 'page_move'] };
	const health = async (fields: IDataObject, ...answers: StubAnswer[]) =>
		await runOperation(checkWebhookHealth, fields, answers);

	it('reports each webhook of ours', async () => {
		const run = await health(ours, list(other('7'), SAMPLE), SAMPLE);
		expect(onlyItem(run)).toEqual({
			...{ id: '123', url: ITEM.url, healthy: true, wasHealthy: true, active: true },
			...{ consecutiveFailures: 0, events: ITEM.events, missingEvents: [] },
			...{ findings: [], changes: [] },
		});
		expect(run.calls).toEqual([LIST, GET]);
	});

	it('changes nothing when no repair is wanted', async () => {
		const run = await health({ ...repairing, repair: false }, list(OFF), OFF);
		expect(onlyItem(run)).toMatchObject({ healthy: false, active: false, changes: [] });
		expect(run.calls).toEqual([LIST, GET]);
	});

	it('switches it on and adds what is missing, and tells how it is afterwards', async () => {
		const after = withEvents('Page_Create', 'Page_Delete', 'Page_Move');
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, after);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: true, wasHealthy: false, active: true, missingEvents: [] },
			changes: ['Switched on again.', 'Added the events: page_move.'],
			findings: [
				expect.stringContaining('Expert has switched it off after 10'),
				expect.stringContaining('What Expert sends as Authorization'),
				expect.stringContaining('Not registered: page_move.'),
			],
		});
		expect(run.calls).toEqual([
			...[LIST, GET, settings(ITEM.url, AUTHORIZATION, true), GET],
			...[event('PUT', 'page_move'), GET],
		]);
	});

	it('leaves off what a person has switched off', async () => {
		const off = SAMPLE.replace('<active>true', '<active>false');
		const run = await health({ ...ours, repair: true }, list(off), off);
		expect(onlyItem(run)).toMatchObject({ healthy: false, active: false, changes: [] });
		expect(run.calls).toEqual([LIST, GET]);
	});

	it('claims no change that the site does not report', async () => {
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: false, active: false, changes: [], missingEvents: ['page_move'] },
		});
	});

	it('repairs one of several with the same address', async () => {
		const twin = OFF.replace('<id>123', '<id>124');
		const answers = [list(OFF, twin), OFF, SAMPLE, SAMPLE, SAMPLE, twin];
		const run = await health({ ...ours, repair: true }, ...answers);
		expect(run.outputs.map(({ json }) => [json.id, json.active, json.healthy])).toEqual([
			['123', true, false],
			['124', false, false],
		]);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
	});

	it('repairs the one that is on when one of several is', async () => {
		const twin = SAMPLE.replace('<id>123', '<id>124');
		const run = await health({ ...ours, repair: true }, list(OFF, twin), OFF, twin);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

	it('does not repair what does not belong to this n8n', async () => {
		const one = { webhooks: 'one', webhook, repair: true };
		const elsewhere = { ...one, options: { webhookUrl: 'https://example.org/' } };
		const run = await health(elsewhere, list(OFF), OFF);
		expect(onlyItem(run)).toMatchObject({ active: false, changes: [] });
		expect(onlyItem(run).findings).toContainEqual(
			expect.stringContaining('does not begin with https://example.org/'),
		);
		expect(run.calls).toEqual([LIST, GET]);
	});

	it.each([400, 403])('tells what the site refused (%i) instead of stopping', async (status) => {
		const refused = { status, body: '' };
		const run = await health({ ...ours, repair: true }, list(OFF), OFF, refused, OFF);
		expect(onlyItem(run)).toMatchObject({ healthy: false, changes: [] });
		const findings = onlyItem(run).findings as string[];
		expect(findings.at(-1)).toContain(`Expert did not switch the webhook on (${status})`);
		expect(findings.at(-1)).toContain('Dashboard');
	});

	it('reports the others when one has gone meanwhile', async () => {
		const answers = [list(SAMPLE, other('9', `${ITEM.url}/b`)), { status: 404, body: '' }];
		const run = await health(ours, ...answers, other('9', `${ITEM.url}/b`));
		expect(run.outputs.map(({ json }) => json.id)).toEqual(['9']);
	});

	it.each([
		[ours, 'The site has no webhook whose URL begins with https://example.com/webhook.'],
		[{ ...ours, webhooks: 'one', webhook }, 'The webhook is not at the site'],
	])('says what to do when nothing is there', async (fields, words) => {
		const item = onlyItem(await health({ ...fields, expectedEvents: 'page_create' }, list()));
		expect(item).toEqual({
			...{ healthy: false, wasHealthy: false, active: false, events: [] },
			...{ missingEvents: ['page_create'], changes: [] },
			findings: [expect.stringContaining(words)],
		});
		expect((item.findings as string[])[0]).toContain('publish');
	});

	it.each([
		[{ options: { webhookUrl: 'n8n' } }, [], '"n8n" is not a web address'],
		[{ ...ours, webhooks: 'one', webhook: '' }, [], 'No webhook is named'],
		[ours, [{ status: 403, body: '' }], 'Expert did not allow this (403)'],
		[repairing, [list(OFF), OFF, '<html/>'], 'The address returned a web page'],
	])('refuses %j', async (fields, answers, words) => {
		const said = await refusalOf(checkWebhookHealth, fields, answers);
		expect(said.message).toContain(words);
	});

	it('shows no secret', async () => {
		const { outputs } = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(JSON.stringify(outputs)).not.toMatch(/authorization-header|eyJ/);
	});
});
