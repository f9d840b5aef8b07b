import { describe, expect, it } from 'vitest';

import { disableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/disable.operation.ts';
import { enableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/enable.operation.ts';
import { refusalOf, runOperation, type StubResponse } from '../../../support/unit/stub-site.mts';
import {
	AUTHORIZATION,
	GET,
	ITEM,
	OFF,
	put,
	SAMPLE,
	webhook,
	withEvents,
} from '../../../support/unit/webhook-samples.mts';

describe('setWebhookActive', () => {
	it('enableWebhook and disableWebhook send nothing when nothing changes', async () => {
		expect((await runOperation(enableWebhook, { webhook }, [SAMPLE])).calls).toEqual([GET]);
		expect((await runOperation(disableWebhook, { webhook }, [OFF])).calls).toEqual([GET]);
	});

	it.each<[string, StubResponse[]]>([
		['cannot be read', [SAMPLE, { status: 500, body: '' }]],
		['cannot be added', [SAMPLE, withEvents(), { status: 500, body: '' }, '']],
		['are not added in spite of a 200', [SAMPLE, withEvents(), '', '', withEvents()]],
		['are cleared by an update that got no response', [{ status: 500, body: '' }, '<html/>']],
	])('enableWebhook names the events when they %s', async (_case, responses) => {
		const said = await refusalOf(enableWebhook, { webhook }, [OFF, ...responses]);
		expect(said.description).toContain('may lack events now: ');
		expect(said.description).toMatch(/page_create, page_delete|Page_Create, Page_Delete/);
	});

	it('enableWebhook sends no Authorization value when the site does not show it', async () => {
		const hidden = OFF.replace(/<authorization-header>.*<\/authorization-header>/, '');
		const run = await runOperation(enableWebhook, { webhook }, [hidden, '', SAMPLE]);
		const body = `<webhook-url>${ITEM.url}</webhook-url><active>true</active>`;
		expect(run.calls[1]).toEqual(put(body));
	});

	it.each([
		[[OFF, { status: 400, body: '' }], 'Expert did not enable the webhook (400)'],
		[[OFF, SAMPLE, OFF], 'the webhook is still disabled'],
	])('enableWebhook says that only the Dashboard may do it', async (responses, words) => {
		const { message, description } = await refusalOf(enableWebhook, { webhook }, responses);
		expect(message).toContain(words);
		expect(description).toContain('Dashboard');
	});

	it('disableWebhook says that the webhook is still enabled', async () => {
		const said = await refusalOf(disableWebhook, { webhook }, [SAMPLE, '', SAMPLE]);
		expect(said.message).toContain('the webhook is still enabled');
		expect(said.description).toContain('disable it in the Dashboard');
	});

	it('enableWebhook does not show an Authorization value that the site repeats', async () => {
		const mine = OFF.replace(AUTHORIZATION, 'Basic dXNlcjpoaWRkZW4tcGFzcw==');
		const body = '<error><message>bad: dXNlcjpoaWRkZW4tcGFzcw== hidden-pass</message></error>';
		const said = await refusalOf(enableWebhook, { webhook }, [mine, { status: 400, body }]);
		expect(said.description).toContain('The site said: bad: [hidden] [hidden]');
	});
});
