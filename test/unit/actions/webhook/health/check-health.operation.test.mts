import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { checkWebhookHealth } from '../../../../../nodes/CxoneExpert/actions/webhook/health/check-health.operation.ts';
import {
	onlyItem,
	refusalOf,
	runOperation,
	type StubResponse,
} from '../../../../support/unit/stub-site.mts';
import {
	AUTHORIZATION,
	event,
	GET,
	ITEM,
	list,
	LIST,
	OFF,
	other,
	SAMPLE,
	settings,
	webhook,
	withEvents,
} from '../../../../support/unit/webhook-samples.mts';

/** What is asked at the end. */
const JOBS = { method: 'GET', url: '/site/jobs' };

const VERSIONS = { package: expect.any(String), n8n: expect.any(String) };

describe('checkWebhookHealth', () => {
	const ours = { options: { webhookUrl: 'https://example.com/webhook' } };
	const repairing = { ...ours, repair: true, expectedEvents: ['page_create', 'page_move'] };
	const health = async (fields: IDataObject, ...responses: StubResponse[]) =>
		await runOperation(checkWebhookHealth, fields, responses);

	it('checkWebhookHealth reports each webhook of ours', async () => {
		const run = await health(ours, list(other('7'), SAMPLE), SAMPLE);
		expect(onlyItem(run)).toEqual({
			...{ id: '123', url: ITEM.url, healthy: true, wasHealthy: true, active: true },
			...{ consecutiveFailures: 0, events: ITEM.events, missingEvents: [] },
			...{ findings: [], changes: [], deliveries: expect.any(Object) },
			versions: VERSIONS,
		});
		expect(run.calls).toEqual([LIST, GET, JOBS]);
	});

	it('checkWebhookHealth changes nothing when no repair is wanted', async () => {
		const run = await health({ ...repairing, repair: false }, list(OFF), OFF);
		expect(onlyItem(run)).toMatchObject({ healthy: false, active: false, changes: [] });
		expect(run.calls).toEqual([LIST, GET, JOBS]);
	});

	it('checkWebhookHealth enables a webhook, adds missing events, and reports the state afterwards', async () => {
		const after = withEvents('Page_Create', 'Page_Delete', 'Page_Move');
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, after);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: true, wasHealthy: false, active: true, missingEvents: [] },
			changes: ['Enabled again.', 'Added the events: page_move.'],
			findings: [
				expect.stringContaining('Expert has disabled it after 10'),
				expect.stringContaining('What Expert sends as Authorization'),
				expect.stringContaining('Not registered: page_move.'),
				expect.stringContaining('Look at its deliveries in the Expert Dashboard'),
				expect.stringContaining('read their logs'),
			],
		});
		expect(run.calls).toEqual([
			...[LIST, GET, settings(ITEM.url, AUTHORIZATION, true), GET],
			...[event('PUT', 'page_move'), GET, JOBS],
		]);
	});

	it('checkWebhookHealth does not enable a webhook that a person has disabled', async () => {
		const off = SAMPLE.replace('<active>true', '<active>false');
		const run = await health({ ...ours, repair: true }, list(off), off);
		expect(onlyItem(run)).toMatchObject({ healthy: false, active: false, changes: [] });
		expect(run.calls).toEqual([LIST, GET, JOBS]);
	});

	it('checkWebhookHealth claims no change that the site does not report', async () => {
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: false, active: false, changes: [], missingEvents: ['page_move'] },
		});
	});

	it('checkWebhookHealth repairs one of several webhooks with the same address', async () => {
		const twin = OFF.replace('<id>123', '<id>124');
		const responses = [list(OFF, twin), OFF, SAMPLE, SAMPLE, SAMPLE, twin];
		const run = await health({ ...ours, repair: true }, ...responses);
		expect(run.outputs.map(({ json }) => [json.id, json.active, json.healthy])).toEqual([
			['123', true, false],
			['124', false, false],
		]);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
	});

	it('checkWebhookHealth repairs the one that is on when one of several is', async () => {
		const twin = SAMPLE.replace('<id>123', '<id>124');
		const run = await health({ ...ours, repair: true }, list(OFF, twin), OFF, twin);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

	it('checkWebhookHealth does not repair webhooks that do not belong to this n8n', async () => {
		const one = { webhooks: 'one', webhook, repair: true };
		const elsewhere = { ...one, options: { webhookUrl: 'https://example.org/' } };
		const run = await health(elsewhere, list(OFF), OFF);
		expect(onlyItem(run)).toMatchObject({ active: false, changes: [] });
		expect(onlyItem(run).findings).toContainEqual(
			expect.stringContaining('does not begin with https://example.org/'),
		);
		expect(run.calls).toEqual([LIST, GET, JOBS]);
	});

	it.each([400, 403])(
		'checkWebhookHealth reports a refusal of the site (%i) instead of stopping',
		async (status) => {
			const refused = { status, body: '' };
			const run = await health({ ...ours, repair: true }, list(OFF), OFF, refused, OFF);
			expect(onlyItem(run)).toMatchObject({ healthy: false, changes: [] });
			const findings = onlyItem(run).findings as string[];
			expect(findings.at(-1)).toContain(`Expert did not enable the webhook (${status})`);
			expect(findings.at(-1)).toContain('Dashboard');
		},
	);

	it('checkWebhookHealth reports the other webhooks when one was removed in the meantime', async () => {
		const responses = [list(SAMPLE, other('9', `${ITEM.url}/b`)), { status: 404, body: '' }];
		const run = await health(ours, ...responses, other('9', `${ITEM.url}/b`));
		expect(run.outputs.map(({ json }) => json.id)).toEqual(['9']);
	});

	it.each([
		[ours, 'The site has no webhook whose URL begins with https://example.com/webhook.'],
		[{ ...ours, webhooks: 'one', webhook }, 'The webhook is not at the site'],
	])('checkWebhookHealth says what to do when there is no webhook', async (fields, words) => {
		const item = onlyItem(await health({ ...fields, expectedEvents: 'page_create' }, list()));
		expect(item).toEqual({
			...{ healthy: false, wasHealthy: false, active: false, events: [] },
			...{ missingEvents: ['page_create'], changes: [], versions: VERSIONS },
			findings: [expect.stringContaining(words)],
		});
		expect((item.findings as string[])[0]).toContain('publish');
	});

	it.each([
		[{ options: { webhookUrl: 'n8n' } }, [], '"n8n" is not a web address'],
		[{ ...ours, webhooks: 'one', webhook: '' }, [], 'No webhook is named'],
		[ours, [{ status: 403, body: '' }], 'Expert did not allow this (403)'],
		[repairing, [list(OFF), OFF, '<html/>'], 'The address returned a web page'],
	])('checkWebhookHealth refuses %j', async (fields, responses, words) => {
		const said = await refusalOf(checkWebhookHealth, fields, responses);
		expect(said.message).toContain(words);
	});

	it('checkWebhookHealth shows no secret', async () => {
		const { outputs } = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(JSON.stringify(outputs)).not.toMatch(/authorization-header|eyJ/);
	});
});
