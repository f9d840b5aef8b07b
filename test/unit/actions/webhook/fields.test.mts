import { describe, expect, it } from 'vitest';

import { webhook } from '../../../../nodes/CxoneExpert/actions/webhook/fields.ts';
import type { Webhook } from '../../../../nodes/CxoneExpert/api/webhooks.ts';

const at = (url: string, id = '1') => ({ id, url }) as Webhook;

const CONTEXT = { origin: 'https://help.example.com', timezone: 'UTC' };

const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

describe('the field of a webhook', () => {
	it.each([
		['from the list', locator('list', '7')],
		['by ID', locator('id', ' 7 ')],
		['by ID, as a number', locator('id', 7)],
		['by an item of this node', locator('id', { id: '7', url: 'x' })],
		['by an expression in place of all', '7'],
		['by an item in place of all', { id: '7' }],
	])('the field accepts a webhook %s', (_how, value) => {
		const reference = webhook.read(value, CONTEXT);
		expect(reference).toMatchObject({ id: '7' });
		expect([at('x', '7'), at('x', '70')].map(reference.matches)).toEqual([true, false]);
	});

	it.each([
		locator('url', 'https://N8N.example.com/webhook/a'),
		'https://n8n.example.com:443/webhook/a',
	])('the field accepts by URL every spelling: %j', (value) => {
		const reference = webhook.read(value, CONTEXT);
		expect(reference).not.toHaveProperty('id');
		const urls = ['https://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/ab'];
		expect(urls.map((url) => at(url)).map(reference.matches)).toEqual([true, false]);
	});

	it.each([
		[undefined, 'No webhook is named'],
		[locator('list', ''), 'No webhook is named'],
		[locator('id', null), 'No webhook is named'],
		[locator('id', { url: 'x' }), 'No webhook is named'],
		[locator('id', 'seven'), '"seven" is not the ID of a webhook'],
		[locator('id', '1/events'), '"1/events" is not the ID of a webhook'],
		[locator('url', '7'), '"7" is not a web address'],
	])('the field refuses %j', (value, message) => {
		expect(() => webhook.read(value, CONTEXT)).toThrow(message);
	});
});
