import { describe, expect, it } from 'vitest';

import { webhookReference } from '../../../../nodes/CxoneExpert/actions/webhook/fields.ts';
import type { Webhook } from '../../../../nodes/CxoneExpert/api/webhooks.ts';

const at = (url: string, id = '1') => ({ id, url }) as Webhook;

const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

describe('webhookReference', () => {
	it.each([
		['from the list', locator('list', '7')],
		['by ID', locator('id', ' 7 ')],
		['by ID, as a number', locator('id', 7)],
		['by an item of this node', locator('id', { id: '7', url: 'x' })],
		['by an expression in place of all', '7'],
		['by an item in place of all', { id: '7' }],
	])('webhookReference accepts a webhook %s', (_how, value) => {
		const reference = webhookReference(value);
		expect(reference).toMatchObject({ ok: true, value: { id: '7' } });
		const matches = reference.ok && reference.value.matches;
		expect([at('x', '7'), at('x', '70')].map(matches as never)).toEqual([true, false]);
	});

	it.each([
		locator('url', 'https://N8N.example.com/webhook/a'),
		'https://n8n.example.com:443/webhook/a',
	])('webhookReference by URL accepts every spelling: %j', (value) => {
		const reference = webhookReference(value);
		expect(reference).not.toHaveProperty('value.id');
		const urls = ['https://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/ab'];
		const matches = reference.ok && reference.value.matches;
		expect(urls.map((url) => at(url)).map(matches as never)).toEqual([true, false]);
	});

	it.each([
		[undefined, 'No webhook is named'],
		[locator('list', ''), 'No webhook is named'],
		[locator('id', null), 'No webhook is named'],
		[locator('id', { url: 'x' }), 'No webhook is named'],
		[locator('id', 'seven'), '"seven" is not the ID of a webhook'],
		[locator('id', '1/events'), '"1/events" is not the ID of a webhook'],
		[locator('url', '7'), '"7" is not a web address'],
	])('webhookReference refuses %j', (value, message) => {
		expect(webhookReference(value)).toMatchObject({ ok: false, failure: { message } });
	});
});
