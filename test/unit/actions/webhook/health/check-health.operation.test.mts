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
	ITEM,
	list,
	OFF,
	other,
	SAMPLE,
	webhook,
	withEvents,
} from '../../../../support/unit/webhook-samples.mts';

const VERSIONS = { package: expect.any(String), n8n: expect.any(String) };

const LOST = { status: 500, body: '' };

describe('checkWebhookHealth', () => {
	const ours = { options: { webhookUrl: 'https://example.com/webhook' } };
	const repairing = { ...ours, repair: true, expectedEvents: ['page_create', 'page_move'] };
	const health = async (fields: IDataObject, ...responses: StubResponse[]) =>
		await runOperation(checkWebhookHealth, fields, responses);

	it('checkWebhookHealth claims no change that the site does not report', async () => {
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: false, active: false, changes: [], missingEvents: ['page_move'] },
		});
	});

	it('checkWebhookHealth repairs the one that is on when one of several is', async () => {
		const twin = SAMPLE.replace('<id>123', '<id>124');
		const run = await health({ ...ours, repair: true }, list(OFF, twin), OFF, twin);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

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
		// Lost events are more than a finding.
		[repairing, [list(OFF), OFF, '', withEvents(), LOST], '(500) while n8n tried to add the event'],
	])('checkWebhookHealth refuses %j', async (fields, responses, words) => {
		const said = await refusalOf(checkWebhookHealth, fields, responses);
		expect(said.message).toContain(words);
	});
});
