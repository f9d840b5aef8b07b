import { describe, expect, it } from 'vitest';

import { getWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import {
	SAMPLE,
	GET,
	webhook,
	ITEM,
	OFF,
	list,
	other,
	LIST,
	OFF_ITEM,
} from '../../../support/unit/webhook-samples.mts';

const byUrl = { mode: 'url', value: 'https://EXAMPLE.com/webhook' };

describe('getWebhook', () => {
	it('getWebhook returns the sample of the specification as an item', async () => {
		const run = await runOperation(getWebhook, { webhook }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET]);
	});

	it('getWebhook says why the webhook is off', async () => {
		expect(onlyItem(await runOperation(getWebhook, { webhook }, [OFF]))).toEqual(OFF_ITEM);
	});

	it('getWebhook returns everything but the Authorization value when Simplify is off', async () => {
		const run = await runOperation(getWebhook, { webhook, simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ id: '123', deleted: 'false', 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});

	it('getWebhook finds a webhook by URL', async () => {
		const responses = [list(other('7'), SAMPLE), SAMPLE];
		const run = await runOperation(getWebhook, { webhook: byUrl }, responses);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([LIST, GET]);
	});

	it.each([
		[{ status: 404, body: '' }, 'Expert does not have this webhook'],
		[SAMPLE.replace('deleted>false', 'deleted>true'), 'Expert does not have this webhook'],
		[{ status: 403, body: '' }, 'Expert did not allow this (403) while n8n tried to read'],
		['<html/>', 'The address returned a web page'],
		['<webhooks/>', 'The Expert site returned an unexpected response'],
	])('getWebhook explains %j', async (response, words) => {
		const { message } = await refusalOf(getWebhook, { webhook }, [response]);
		expect(message).toContain(words);
	});

	it.each([
		[list(), 'Expert has no webhook with this URL'],
		[list(SAMPLE, other('124', ITEM.url)), 'more than one webhook with this URL (IDs 123, 124)'],
	])('getWebhook refuses a URL that does not name exactly one webhook', async (response, words) => {
		const { message } = await refusalOf(getWebhook, { webhook: byUrl }, [response]);
		expect(message).toContain(words);
	});
});
