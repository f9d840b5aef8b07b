import { describe, expect, it } from 'vitest';

import {
	healthOf,
	jobFinding,
} from '../../../../../nodes/CxoneExpert/actions/webhook/health/findings.ts';
import type { Webhook } from '../../../../../nodes/CxoneExpert/api/webhooks.ts';

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

const expected = { events: ['page_create', 'pagecontent_update'], authorization: 'Bearer x' };

const off = { active: false, consecutiveFailures: 10, disabledReason: '1' };

const of = (changes: Partial<Webhook>, twins: Webhook[] = [], wanted = expected) =>
	healthOf({ ...webhook, ...changes }, twins, wanted);

describe('healthOf', () => {
	it('healthOf finds nothing at a healthy webhook', () => {
		expect(of({})).toEqual({ healthy: true, missingEvents: [], findings: [] });
	});

	it('healthOf compares no events when none are expected', () => {
		expect(of({ events: ['User_Create'] }, [], { ...expected, events: [] }).healthy).toBe(true);
	});

	it('healthOf ignores events that are not expected', () => {
		expect(of({ events: [...webhook.events, 'User_Create'] }).healthy).toBe(true);
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
	])('healthOf reports %j as not healthy', (changes, words) => {
		const health = of(changes);
		expect(health.healthy).toBe(false);
		expect(health.findings).toEqual([expect.stringContaining(words)]);
	});

	it('healthOf names missing events as the trigger does', () => {
		expect(of({ events: [] }).missingEvents).toEqual(expected.events);
	});

	it('healthOf reports failed deliveries of a webhook that is on', () => {
		const health = of({ consecutiveFailures: 2 });
		expect(health.healthy).toBe(true);
		expect(health.findings).toEqual([
			expect.stringMatching(/^2 deliveries in a row did not get through\./),
		]);
		expect(of({ consecutiveFailures: 1 }).findings[0]).toMatch(/^1 delivery did not/);
	});

	it('healthOf reports a second webhook with the same address', () => {
		const health = of({}, [{ ...webhook, id: '124' }]);
		expect(health.healthy).toBe(false);
		expect(health.findings).toEqual([
			expect.stringContaining('2 webhooks have this address (IDs 123, 124)'),
		]);
	});

	it('healthOf compares the Authorization value only when deliveries fail', () => {
		const other = { ...expected, authorization: 'Bearer y' };
		const words = expect.stringContaining('What Expert sends as Authorization is not');
		expect(of({}, [], other).findings).toEqual([]);
		expect(of({ consecutiveFailures: 1 }, [], other).findings).toContainEqual(words);
		expect(of(off, [], other).findings).toContainEqual(words);
		expect(of(off).findings).not.toContainEqual(words);
		// Of what the site hides nobody can tell.
		expect(of({ ...off, authorization: '' }, [], other).findings).not.toContainEqual(words);
		const all = JSON.stringify(of(off, [], other));
		expect(all).not.toMatch(/Bearer/);
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
