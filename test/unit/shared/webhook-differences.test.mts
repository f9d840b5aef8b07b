import { describe, expect, it } from 'vitest';

import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import { differences, isUpToDate } from '../../../nodes/CxoneExpert/shared/webhook-sync.ts';

const found: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: true,
	authorization: 'Bearer x',
	events: ['Page_Create', 'PageContent_Update'],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const desired = {
	url: found.url,
	authorization: 'Bearer x',
	events: ['page_create', 'pagecontent_update'],
};

describe('differences', () => {
	it('differences is empty when only the spelling of events differs', () => {
		expect(differences(found, desired)).toEqual({ settings: false, add: [], remove: [] });
	});

	it.each([
		['the webhook is disabled', { active: false }],
		['the authorization header differs', { authorization: 'Bearer y' }],
		['the authorization header is missing', { authorization: '' }],
	])('differences reports settings when %s', (_case, changed) => {
		expect(differences({ ...found, ...changed }, desired)).toEqual({
			settings: true,
			add: [],
			remove: [],
		});
	});

	it('differences names events in path form, however the site spells them', () => {
		const site = { ...found, events: ['Page_Create', 'User_Update'] };
		expect(differences(site, desired)).toEqual({
			settings: false,
			add: ['pagecontent_update'],
			remove: ['user_update'],
		});
	});

	it('differences adds all events when none is registered', () => {
		expect(differences({ ...found, events: [] }, desired).add).toEqual(desired.events);
	});

	it('differences ignores past delivery failures', () => {
		const site = { ...found, consecutiveFailures: 3, disabledReason: '1' };
		expect(isUpToDate(differences(site, desired))).toBe(true);
	});
});

describe('isUpToDate', () => {
	const none = { settings: false, add: [], remove: [] };

	it.each([
		['no differences', none, true],
		['other settings', { ...none, settings: true }, false],
		['an event to add', { ...none, add: ['page_create'] }, false],
		['an event to remove', { ...none, remove: ['Page_Create'] }, false],
	])('isUpToDate with %s is $2', (_case, found, expected) => {
		expect(isUpToDate(found)).toBe(expected);
	});
});
