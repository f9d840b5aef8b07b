import { describe, expect, it } from 'vitest';

import { failed, success } from '../../../nodes/CxoneExpert/api/result.ts';
import {
	addEvents,
	inRounds,
	readWebhook,
	updateKeepingEvents,
} from '../../../nodes/CxoneExpert/shared/update-webhook.ts';
import { WebhookSite } from '../../support/unit/webhook-site.mts';

const URL_HERE = 'https://n8n.example.com/webhook/a/webhook';
const wanted = {
	url: URL_HERE,
	authorization: 'Bearer new',
	active: true,
	events: ['Page_Create', 'page.content:update'],
};
const MAY_LACK_BOTH = 'The webhook may lack events now: Page_Create, page.content:update.';

/** A site with one webhook, which is disabled and has both events. */
function siteWithWebhook(events = ['page_create', 'pagecontent_update']) {
	const site = new WebhookSite();
	site.add({ url: URL_HERE, authorization: 'Bearer old', active: false, events });
	return site;
}

/** The site does the work, but its response is lost. */
const lost = (work: () => unknown) => {
	work();
	return { status: 0, networkCode: 'ETIMEDOUT' };
};

/** The site does the work and clears the events. */
const clearingEvents = (site: WebhookSite) => (work: () => object) => {
	const response = work();
	site.webhooks.get('1')!.events = [];
	return response;
};

describe('updateKeepingEvents', () => {
	it('updateKeepingEvents updates the settings and returns the webhook as it is afterwards', async () => {
		const site = siteWithWebhook();
		expect(await updateKeepingEvents(site.client, '1', wanted)).toMatchObject({
			ok: true,
			value: { ...wanted, id: '1', events: ['page_create', 'pagecontent_update'] },
		});
		expect(site.calls).toEqual(['PUT /webhooks/1', 'GET /webhooks/1']);
	});

	it('updateKeepingEvents adds the events again that the update has cleared', async () => {
		const site = siteWithWebhook();
		site.replyOnce('PUT /webhooks/1', clearingEvents(site));
		expect(await updateKeepingEvents(site.client, '1', wanted)).toMatchObject({
			ok: true,
			value: { events: ['page_create', 'pagecontent_update'] },
		});
		expect(site.writes).toEqual([
			'PUT /webhooks/1',
			'PUT /webhooks/1/events/page_create',
			'PUT /webhooks/1/events/pagecontent_update',
		]);
	});

	it('updateKeepingEvents adds only the events that are missing', async () => {
		const site = siteWithWebhook(['Page_Create']);
		await updateKeepingEvents(site.client, '1', wanted);
		expect(site.writes).toEqual(['PUT /webhooks/1', 'PUT /webhooks/1/events/pagecontent_update']);
	});

	it.each([400, 403, 404])(
		'updateKeepingEvents stops when the site refuses the update (%i)',
		async (status) => {
			const site = siteWithWebhook([]);
			site.replyOnce('PUT /webhooks/1', { status });
			expect(await updateKeepingEvents(site.client, '1', wanted)).toEqual({
				ok: false,
				failure: { kind: 'http-status', status, task: 'update-webhook' },
			});
			expect(site.calls).toEqual(['PUT /webhooks/1']);
		},
	);

	it('updateKeepingEvents adds missing events even when the response to the update is lost', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('PUT /webhooks/1', lost);
		expect(await updateKeepingEvents(site.client, '1', wanted)).toEqual({
			ok: false,
			failure: { kind: 'timeout', task: 'update-webhook' },
		});
		expect(site.webhooks.get('1')!.events).toEqual(['page_create', 'pagecontent_update']);
	});

	it('updateKeepingEvents names the events that may be missing when the webhook cannot be read', async () => {
		const site = siteWithWebhook();
		site.replyOnce('GET /webhooks/1', { status: 500 });
		expect(await updateKeepingEvents(site.client, '1', wanted)).toEqual({
			ok: false,
			failure: {
				...{ kind: 'http-status', status: 500, task: 'read-webhook' },
				detail: MAY_LACK_BOTH,
			},
		});
	});

	it('updateKeepingEvents names no events when the webhook had none and cannot be read', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('GET /webhooks/1', { status: 500 });
		expect(await updateKeepingEvents(site.client, '1', { ...wanted, events: [] })).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 500, task: 'read-webhook' },
		});
	});

	it('updateKeepingEvents names the events that it could not add', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('PUT /webhooks/1/events/pagecontent_update', { status: 400 });
		expect(await updateKeepingEvents(site.client, '1', wanted)).toMatchObject({
			ok: false,
			failure: {
				...{ status: 400, task: 'add-event', subject: 'pagecontent_update' },
				detail: 'The webhook may lack events now: pagecontent_update.',
			},
		});
	});

	it('updateKeepingEvents names the events that the site did not add although it said so', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('PUT /webhooks/1/events/pagecontent_update', {});
		expect(await updateKeepingEvents(site.client, '1', wanted)).toEqual({
			ok: false,
			failure: {
				...{ kind: 'unexpected', task: 'restore-events' },
				detail: 'The webhook may lack events now: pagecontent_update.',
			},
		});
	});

	it('updateKeepingEvents names the added events when the webhook cannot be read afterwards', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('GET /webhooks/1', (work) => work());
		site.replyOnce('GET /webhooks/1', { status: 500 });
		expect(await updateKeepingEvents(site.client, '1', wanted)).toMatchObject({
			ok: false,
			failure: {
				task: 'read-webhook',
				detail: 'The webhook may lack events now: pagecontent_update.',
			},
		});
	});

	it('updateKeepingEvents reports the failed update together with the events that may be missing', async () => {
		const site = siteWithWebhook();
		site.replyOnce('PUT /webhooks/1', { status: 500 });
		site.replyOnce('GET /webhooks/1', { status: 403 });
		expect(await updateKeepingEvents(site.client, '1', wanted)).toEqual({
			ok: false,
			failure: {
				...{ kind: 'http-status', status: 500, task: 'update-webhook' },
				detail: MAY_LACK_BOTH,
			},
		});
	});

	it('updateKeepingEvents adds no detail to a failed update of a webhook without events', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('PUT /webhooks/1', { status: 500 });
		site.replyOnce('GET /webhooks/1', { status: 403 });
		expect(await updateKeepingEvents(site.client, '1', { ...wanted, events: [] })).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 500, task: 'update-webhook' },
		});
	});
});

describe('readWebhook', () => {
	it('readWebhook returns the webhook', async () => {
		const { client } = siteWithWebhook();
		expect(await readWebhook(client, '1')).toMatchObject({ ok: true, value: { id: '1' } });
	});

	it('readWebhook reports a webhook that is gone as 404', async () => {
		expect(await readWebhook(new WebhookSite().client, '1')).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 404, task: 'read-webhook' },
		});
	});

	it('readWebhook returns any other failure', async () => {
		const site = siteWithWebhook();
		site.replyOnce('GET /webhooks/1', { status: 403 });
		expect(await readWebhook(site.client, '1')).toMatchObject({ failure: { status: 403 } });
	});
});

describe('addEvents', () => {
	it('addEvents adds each event', async () => {
		const site = siteWithWebhook([]);
		expect(await addEvents(site.client, '1', ['page_move', 'page_copy'])).toEqual({
			ok: true,
			value: undefined,
		});
		expect(site.webhooks.get('1')!.events).toEqual(['page_move', 'page_copy']);
	});
});

describe('inRounds', () => {
	const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

	/** Runs that many calls, of which the named ones fail; notes how many ran side by side. */
	async function run(count: number, failing: string[] = []) {
		const started: string[] = [];
		let running = 0;
		let maxConcurrent = 0;
		const result = await inRounds(names(count), async (name) => {
			started.push(name);
			maxConcurrent = Math.max(maxConcurrent, ++running);
			await new Promise((resolve) => setImmediate(resolve));
			running--;
			return failing.includes(name)
				? failed({ kind: 'unexpected', subject: name })
				: success(undefined);
		});
		return { result, started, maxConcurrent };
	}

	it.each([
		[0, 0],
		[1, 1],
		[3, 1],
		[4, 2],
		[27, 9],
	])('inRounds makes %i calls with at most %i concurrent ones', async (count, expected) => {
		const { result, started, maxConcurrent } = await run(count);
		expect(result).toEqual({ ok: true, value: undefined });
		expect(started).toEqual(names(count));
		expect(maxConcurrent).toBe(expected);
	});

	it('inRounds stops after the first round with a failure', async () => {
		const { result, started } = await run(6, ['1', '4']);
		expect(result).toMatchObject({ ok: false, failure: { subject: '1' } });
		expect(started).toEqual(['0', '1']);
	});
});
