import { expect, it } from 'vitest';

import { webhookName } from '../../../nodes/CxoneExpert/actions/list-search.ts';

const ID = '158c3499-6038-4d61-9a51-2f6f8d0c3c1a';

it.each([
	['https://b.example.com/hook', true, '#3, on: b.example.com/hook'],
	[`https://n8n.example.com/webhook/${ID}/webhook`, false, `#3, off: …/${ID}`],
	[`http://127.0.0.1:44809/webhook/${ID}`, true, `#3, on: …/${ID}`],
	[
		'https://automation.example.com/a/long/way/to/one/hook?x=1',
		true,
		'#3, on: …/a/long/way/to/one/hook?x=1',
	],
	['https://a.example.com/webhook', true, '#3, on: a.example.com/webhook'],
	['', false, '#3, off'],
])('the list of webhooks shows %s by state and by what is its own', (url, active, name) => {
	expect(webhookName({ id: '3', url, active })).toBe(name);
});
