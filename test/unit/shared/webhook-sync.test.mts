import { describe, expect, it } from 'vitest';

import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import {
	differences,
	inRounds,
	isUpToDate,
} from '../../../nodes/CxoneExpert/shared/webhook-sync.ts';

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
