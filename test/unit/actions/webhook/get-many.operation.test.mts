import { describe, expect, it } from 'vitest';

import { getManyWebhooks } from '../../../../nodes/CxoneExpert/actions/webhook/get-many.operation.ts';
import { onlyItem, runOperation } from '../../../support/unit/stub-site.mts';
import {
	SAMPLE,
	ITEM,
	OFF,
	list,
	other,
	LIST,
	OFF_ITEM,
} from '../../../support/unit/webhook-samples.mts';

describe('getManyWebhooks', () => {
	const all = { returnAll: true };

	it('getManyWebhooks returns each webhook', async () => {
		const off = OFF.replace('<id>123', '<id>124');
		const run = await runOperation(getManyWebhooks, all, [list(SAMPLE, off)]);
		expect(run.outputs).toEqual([{ json: ITEM }, { json: { ...OFF_ITEM, id: '124' } }]);
		expect(run.calls).toEqual([LIST]);
	});

	it('getManyWebhooks returns no more than the limit', async () => {
		const run = await runOperation(getManyWebhooks, { limit: 1 }, [list(SAMPLE, other('124'))]);
		expect(run.outputs).toEqual([{ json: ITEM }]);
	});

	it.each([
		['on', '&active=true'],
		['off', '&active=false'],
		['all', ''],
	])('getManyWebhooks asks the site for webhooks that are %s', async (active, query) => {
		const run = await runOperation(getManyWebhooks, { ...all, options: { active } }, [list()]);
		expect(run.calls).toEqual([{ ...LIST, url: `${LIST.url}${query}` }]);
	});

	it('getManyWebhooks refuses a choice that does not exist', async () => {
		const fields = { ...all, options: { active: 'disabled' } };
		await expect(runOperation(getManyWebhooks, fields, [list(SAMPLE)])).rejects.toThrow('Active');
	});

	it('getManyWebhooks returns elements without the Authorization value', async () => {
		const run = await runOperation(getManyWebhooks, { ...all, simplify: false }, [list(SAMPLE)]);
		expect(onlyItem(run)).toMatchObject({ 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});
});
