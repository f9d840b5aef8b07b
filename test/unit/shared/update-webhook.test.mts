import { describe, expect, it } from 'vitest';

import { errorOf, ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
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
const UPDATING = expect.stringMatching(/ while n8n tried to update the webhook$/) as string;
const READING = expect.stringMatching(/ while n8n tried to read the webhook$/) as string;
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
			...wanted,
			id: '1',
			events: ['page_create', 'pagecontent_update'],
		});
		expect(site.calls).toEqual(['PUT /webhooks/1', 'GET /webhooks/1']);
	});

	it('updateKeepingEvents adds the events again that the update has cleared', async () => {
		const site = siteWithWebhook();
		site.replyOnce('PUT /webhooks/1', clearingEvents(site));
		expect(await updateKeepingEvents(site.client, '1', wanted)).toMatchObject({
			events: ['page_create', 'pagecontent_update'],
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
			await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
				status,
				detail: undefined,
			});
			expect(site.calls).toEqual(['PUT /webhooks/1']);
		},
	);

	it('updateKeepingEvents adds missing events even when the response to the update is lost', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('PUT /webhooks/1', lost);
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			kind: 'timeout',
			detail: undefined,
			message: UPDATING,
		});
		expect(site.webhooks.get('1')!.events).toEqual(['page_create', 'pagecontent_update']);
	});

	it('updateKeepingEvents names the events that may be missing when the webhook cannot be read', async () => {
		const site = siteWithWebhook();
		site.replyOnce('GET /webhooks/1', { status: 500 });
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			...{ status: 500, detail: undefined, message: READING },
			detail: MAY_LACK_BOTH,
		});
	});

	it('updateKeepingEvents names no events when the webhook had none and cannot be read', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('GET /webhooks/1', { status: 500 });
		await expect(
			updateKeepingEvents(site.client, '1', { ...wanted, events: [] }),
		).rejects.toMatchObject({ status: 500, detail: undefined, message: READING });
	});

	it('updateKeepingEvents names the events that it could not add', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('PUT /webhooks/1/events/pagecontent_update', { status: 400 });
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			...{ status: 400, message: expect.stringContaining('"pagecontent_update"') },
			detail: 'The webhook may lack events now: pagecontent_update.',
		});
	});

	it('updateKeepingEvents names the events that the site did not add although it said so', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('PUT /webhooks/1/events/pagecontent_update', {});
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			...{ kind: 'unexpected', message: expect.stringContaining('add the events') },
			detail: 'The webhook may lack events now: pagecontent_update.',
		});
	});

	it('updateKeepingEvents names the added events when the webhook cannot be read afterwards', async () => {
		const site = siteWithWebhook(['page_create']);
		site.replyOnce('GET /webhooks/1', (work) => work());
		site.replyOnce('GET /webhooks/1', { status: 500 });
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			detail: 'The webhook may lack events now: pagecontent_update.',
		});
	});

	it('updateKeepingEvents reports the failed update together with the events that may be missing', async () => {
		const site = siteWithWebhook();
		site.replyOnce('PUT /webhooks/1', { status: 500 });
		site.replyOnce('GET /webhooks/1', { status: 403 });
		await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({
			...{ status: 500, message: UPDATING },
			detail: MAY_LACK_BOTH,
		});
	});

	it('updateKeepingEvents adds no detail to a failed update of a webhook without events', async () => {
		const site = siteWithWebhook([]);
		site.replyOnce('PUT /webhooks/1', { status: 500 });
		site.replyOnce('GET /webhooks/1', { status: 403 });
		await expect(
			updateKeepingEvents(site.client, '1', { ...wanted, events: [] }),
		).rejects.toMatchObject({ status: 500, message: UPDATING });
	});
});

describe('readWebhook', () => {
	it('readWebhook returns the webhook', async () => {
		const { client } = siteWithWebhook();
		expect(await readWebhook(client, '1')).toMatchObject({ id: '1' });
	});

	it('readWebhook reports a webhook that is gone as 404', async () => {
		await expect(readWebhook(new WebhookSite().client, '1')).rejects.toMatchObject({ status: 404 });
	});

	it('readWebhook throws anything else', async () => {
		const site = siteWithWebhook();
		site.replyOnce('GET /webhooks/1', { status: 403 });
		await expect(readWebhook(site.client, '1')).rejects.toMatchObject({ status: 403 });
	});
});

describe('addEvents', () => {
	it('addEvents adds each event', async () => {
		const site = siteWithWebhook([]);
		expect(await addEvents(site.client, '1', ['page_move', 'page_copy'])).toEqual(undefined);
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
		const error = await errorOf(
			inRounds(names(count), async (name) => {
				started.push(name);
				maxConcurrent = Math.max(maxConcurrent, ++running);
				await new Promise((resolve) => setImmediate(resolve));
				running--;
				if (failing.includes(name)) throw new ExpertError({ kind: 'unexpected', doing: name });
			}),
		);
		return { error, running, started, maxConcurrent };
	}

	it.each([
		[0, 0],
		[1, 1],
		[3, 1],
		[4, 2],
		[27, 9],
	])('inRounds makes %i calls with at most %i concurrent ones', async (count, expected) => {
		const { error, started, maxConcurrent } = await run(count);
		expect(error).toBeUndefined();
		expect(started).toEqual(names(count));
		expect(maxConcurrent).toBe(expected);
	});

	it('inRounds stops after a round in which one fails, when its others are through', async () => {
		const { error, running, started } = await run(6, ['0', '4']);
		expect(error?.message).toMatch(/ 0$/);
		expect(running).toBe(0);
		expect(started).toEqual(['0', '1']);
	});
});
