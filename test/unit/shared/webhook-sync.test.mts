import { describe, expect, it } from 'vitest';

import { errorOf } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import {
	differences,
	findWebhooks,
	inRounds,
	isUpToDate,
	makeAsDesired,
	updateKeepingEvents,
} from '../../../nodes/CxoneExpert/shared/webhook-sync.ts';
import { type StoredWebhook, WebhookSite } from '../../support/unit/webhook-site.mts';

const URL_HERE = 'https://n8n.example.com/webhook/a/webhook';
const desired = {
	url: URL_HERE,
	authorization: 'Bearer x',
	events: ['page_create', 'pagecontent_update'],
};

describe('differences', () => {
	const found: Webhook = {
		...{ id: '123', url: URL_HERE, active: true, authorization: 'Bearer x' },
		events: ['Page_Create', 'PageContent_Update'],
		...{ consecutiveFailures: 0, disabledReason: '0', element: {} },
	};

	it.each<[string, Partial<Webhook>]>([
		['events are spelled in another way', {}],
		['deliveries have failed', { consecutiveFailures: 3, disabledReason: '1' }],
	])('a webhook is up to date when %s', (_case, changed) => {
		const none = differences({ ...found, ...changed }, desired);
		expect(none).toEqual({ settings: false, add: [], remove: [] });
		expect(isUpToDate(none)).toBe(true);
	});

	it.each<[string, Partial<Webhook>, object]>([
		['it is disabled', { active: false }, { settings: true }],
		['its Authorization value differs', { authorization: 'Bearer y' }, { settings: true }],
		['the site hides its Authorization value', { authorization: '' }, { settings: true }],
		['it has no events', { events: [] }, { add: desired.events }],
		[
			'it has other events',
			{ events: ['Page_Create', 'User_Update'] },
			{ add: ['pagecontent_update'], remove: ['user_update'] },
		],
	])('a webhook is not up to date when %s', (_case, changed, expected) => {
		const left = differences({ ...found, ...changed }, desired);
		expect(left).toEqual({ settings: false, add: [], remove: [], ...expected });
		expect(isUpToDate(left)).toBe(false);
	});
});

/** To be retried at once. */
const BUSY = { status: 503, headers: { 'retry-after': '0' } };
const EMPTY_LIST = { body: '<webhooks/>' };

describe('makeAsDesired', () => {
	it.each([
		['registers again when a busy site has not registered the webhook', (): object => BUSY, 2],
		[
			'does not register again when a busy site has registered the webhook',
			(work: () => object) => {
				work();
				return BUSY;
			},
			1,
		],
	])('makeAsDesired %s', async (_case, reply, attempts) => {
		const site = new WebhookSite();
		site.replyOnce('POST /webhooks', reply);
		await errorOf(makeAsDesired(site.client, desired));
		expect(site.calls.filter((call) => call === 'POST /webhooks')).toHaveLength(attempts);
		expect(site.webhooks.size).toBe(1);
	});

	it('makeAsDesired does not register again when it cannot tell whether the webhook exists', async () => {
		const site = new WebhookSite();
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		site.replyOnce('POST /webhooks', BUSY);
		site.replyOnce('GET /webhooks', { status: 500 });
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({ status: 503 });
		expect(site.writes).toEqual(['POST /webhooks']);
	});
});

it('findWebhooks does not read the named webhook when the list shows it', async () => {
	const site = new WebhookSite();
	site.add(desired);
	expect(await findWebhooks(site.client, URL_HERE, '1')).toMatchObject([{ id: '1' }]);
	expect(site.calls).not.toContain('GET /webhooks/1');
});

describe('updateKeepingEvents', () => {
	const wanted = { ...desired, active: true, events: ['Page_Create', 'page.content:update'] };
	const MAY_LACK_BOTH = 'The webhook may lack events now: Page_Create, page.content:update.';
	const MAY_LACK_ONE = 'The webhook may lack events now: pagecontent_update.';

	/** A site with one webhook. */
	function siteWith(events: string[], changed: Partial<StoredWebhook> = {}): WebhookSite {
		const site = new WebhookSite();
		site.add({ url: URL_HERE, active: false, events, ...changed });
		return site;
	}

	it('updateKeepingEvents adds missing events even when the response to the update is lost', async () => {
		const site = siteWith([]);
		site.replyOnce('PUT /webhooks/1', (work) => {
			work();
			return { status: 0, networkCode: 'ETIMEDOUT' };
		});
		const updated = updateKeepingEvents(site.client, '1', wanted);
		await expect(updated).rejects.toMatchObject({ kind: 'timeout', detail: undefined });
		expect(site.webhooks.get('1')!.events).toEqual(['page_create', 'pagecontent_update']);
	});

	it.each([400, 403, 404])(
		'updateKeepingEvents stops when the site refuses the update (%i)',
		async (status) => {
			const site = siteWith([]);
			site.replyOnce('PUT /webhooks/1', { status });
			await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject({ status });
			expect(site.calls).toEqual(['PUT /webhooks/1']);
		},
	);

	it.each<[string, string[], Array<[string, object]>, object]>([
		[
			'the webhook cannot be read',
			['page_create'],
			[['GET /webhooks/1', { status: 500 }]],
			{ status: 500, detail: MAY_LACK_BOTH },
		],
		[
			'an event cannot be added',
			['page_create'],
			[['PUT /webhooks/1/events/pagecontent_update', { status: 400 }]],
			{ status: 400, detail: MAY_LACK_ONE },
		],
		[
			'the site did not add it although it said so',
			['page_create'],
			[['PUT /webhooks/1/events/pagecontent_update', {}]],
			{ kind: 'unexpected', detail: MAY_LACK_ONE },
		],
		[
			'the update has failed as well',
			['page_create'],
			[
				['PUT /webhooks/1', { status: 500 }],
				['GET /webhooks/1', { status: 403 }],
			],
			{ status: 500, detail: MAY_LACK_BOTH },
		],
	])(
		'updateKeepingEvents names the events that may be missing when %s',
		async (_case, events, replies, expected) => {
			const site = siteWith(events);
			for (const [call, reply] of replies) site.replyOnce(call, reply);
			await expect(updateKeepingEvents(site.client, '1', wanted)).rejects.toMatchObject(expected);
		},
	);

	it('updateKeepingEvents names no events when there are none', async () => {
		const site = siteWith([]);
		site.replyOnce('GET /webhooks/1', { status: 500 });
		const updated = updateKeepingEvents(site.client, '1', { ...wanted, events: [] });
		await expect(updated).rejects.toMatchObject({ status: 500, detail: undefined });
	});
});

describe('inRounds', () => {
	const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

	/** Runs that many calls, of which the named ones fail; notes how many ran side by side. */
	async function run(count: number, failing: string[] = []) {
		const started: string[] = [];
		let running = 0;
		let maxConcurrent = 0;
		const done = inRounds(names(count), async (name) => {
			started.push(name);
			maxConcurrent = Math.max(maxConcurrent, ++running);
			await new Promise((resolve) => setImmediate(resolve));
			running--;
			if (failing.includes(name)) throw new Error(name);
		});
		const thrown = await done.then(
			() => undefined,
			(error: Error) => error.message,
		);
		return { thrown, started, maxConcurrent };
	}

	it.each([
		[0, 0],
		[1, 1],
		[3, 1],
		[4, 2],
		[27, 9],
	])('inRounds makes %i calls with at most %i concurrent ones', async (count, maxConcurrent) => {
		expect(await run(count)).toEqual({ thrown: undefined, started: names(count), maxConcurrent });
	});

	it('inRounds stops after the first round with a failure', async () => {
		expect(await run(6, ['1', '4'])).toMatchObject({ thrown: '1', started: ['0', '1'] });
	});
});
