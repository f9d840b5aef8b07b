import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { checkWebhookHealth } from '../../../../../nodes/CxoneExpert/actions/webhook/health/check-health.operation.ts';
import {
	findingsOf,
	jobFinding,
} from '../../../../../nodes/CxoneExpert/actions/webhook/health/findings.ts';
import { judge } from '../../../../../nodes/CxoneExpert/actions/webhook/health/report.ts';
import type { Webhook } from '../../../../../nodes/CxoneExpert/api/webhooks.ts';
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
	webhook as named,
	withEvents,
} from '../../../../support/unit/webhook-samples.mts';

const webhook: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: true,
	authorization: 'Bearer x',
	events: ['Page_Create', 'PageContent_Update'],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const expected = ['page_create', 'pagecontent_update'];
const off = { active: false, consecutiveFailures: 10, disabledReason: '1' };

function found(changes: Partial<Webhook>, others: Webhook[] = [], authorization = 'Bearer x') {
	const changed = { ...webhook, ...changes };
	const health = judge(changed, { all: [changed, ...others], expected });
	return { ...health, findings: findingsOf(changed, health, authorization) };
}

describe('findings at a webhook', () => {
	it.each<[string, Partial<Webhook>]>([
		['with all events', {}],
		['with more events', { events: [...webhook.events, 'User_Create'] }],
	])('nothing is found at a healthy webhook %s', (_case, changes) => {
		expect(found(changes)).toMatchObject({ healthy: true, missing: [], findings: [] });
	});

	it.each([
		[off, 'Expert has disabled it after 10 deliveries in a row did not get through (reason 1).'],
		[
			{ ...off, consecutiveFailures: 0, disabledReason: 'Gone' },
			'Expert has disabled it (reason Gone).',
		],
		[{ active: false }, 'It is disabled. Expert gives no reason'],
		[
			{ active: false, consecutiveFailures: 1 },
			'Expert has disabled it after 1 delivery did not get through. What happens',
		],
		[{ events: [] }, 'No event is registered'],
		[{ events: ['Page_Create'] }, 'Not registered: pagecontent_update.'],
	])('a webhook is not healthy: %j', (changes, words) => {
		const { healthy, findings } = found(changes);
		expect(healthy).toBe(false);
		expect(findings).toEqual([expect.stringContaining(words)]);
	});

	it('a second webhook with the same address is found', () => {
		const twin = { ...webhook, id: '124', url: `${webhook.url}/` };
		expect(found({}, [twin, { ...webhook, id: '125', url: 'https://example.org' }])).toMatchObject({
			healthy: false,
			findings: [expect.stringContaining('2 webhooks have this address (IDs 123, 124)')],
		});
	});

	it('the Authorization value is compared only when deliveries fail and the site shows it', () => {
		const words = expect.stringContaining('What Expert sends as Authorization is not');
		expect(found({}, [], 'Bearer y').findings).toEqual([]);
		expect(found({ consecutiveFailures: 1 }, [], 'Bearer y').findings).toContainEqual(words);
		expect(found(off, [], 'Bearer y').findings).toContainEqual(words);
		expect(found(off).findings).not.toContainEqual(words);
		expect(found({ ...off, authorization: '' }).findings).not.toContainEqual(words);
	});
});

it.each([
	[{ type: 'IMPORT' as const }, 'An import is running at the site.'],
	[{ type: 'EXPORT' as const, completed: 3 }, 'An export is running at the site (items done: 3).'],
	[
		{ type: 'FIND_AND_REPLACE' as const, completed: 3, total: 9 },
		'A find and replace is running at the site (items done: 3 of 9).',
	],
])('the finding of a job %o says how far it is', (job, text) => {
	expect(jobFinding(job)).toBe(`${text} Expert can hold deliveries back until it is over.`);
});

describe('Check Health', () => {
	const ours = { options: { webhookUrl: 'https://example.com/webhook' } };
	const repairing = { ...ours, repair: true, expectedEvents: ['page_create', 'page_move'] };
	const health = async (fields: IDataObject, ...responses: StubResponse[]) =>
		await runOperation(checkWebhookHealth, fields, responses);

	it('Check Health claims no change that the site does not report', async () => {
		const run = await health(repairing, list(OFF), OFF, SAMPLE, SAMPLE, SAMPLE, OFF);
		expect(onlyItem(run)).toMatchObject({
			...{ healthy: false, active: false, changes: [], missingEvents: ['page_move'] },
		});
	});

	it('Check Health repairs the one that is on when one of several is', async () => {
		const twin = SAMPLE.replace('<id>123', '<id>124');
		const run = await health({ ...ours, repair: true }, list(OFF, twin), OFF, twin);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

	it('Check Health reports the other webhooks when one was removed in the meantime', async () => {
		const responses = [list(SAMPLE, other('9', `${ITEM.url}/b`)), { status: 404, body: '' }];
		const run = await health(ours, ...responses, other('9', `${ITEM.url}/b`));
		expect(run.outputs.map(({ json }) => json.id)).toEqual(['9']);
	});

	it('Check Health says what to do when the webhook that was named is gone', async () => {
		const fields = { ...ours, webhooks: 'one', webhook: named, expectedEvents: 'page_create' };
		expect(onlyItem(await health(fields, list()))).toEqual({
			...{ healthy: false, wasHealthy: false, active: false, events: [] },
			...{ missingEvents: ['page_create'], changes: [] },
			versions: { package: expect.any(String), n8n: expect.any(String) },
			findings: [expect.stringMatching(/^The webhook is not at the site: .* publish it again\.$/)],
		});
	});

	it('Check Health stops when a repair loses events', async () => {
		const responses = [list(OFF), OFF, '', withEvents(), { status: 500, body: '' }];
		const { message } = await refusalOf(checkWebhookHealth, repairing, responses);
		expect(message).toContain('(500) while n8n tried to add the event');
	});
});
