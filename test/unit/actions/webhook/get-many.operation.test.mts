import { describe, expect, it } from 'vitest';

import { getManyWebhooks } from '../../../../nodes/CxoneExpert/actions/webhook/get-many.operation.ts';
import { onlyItem, runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const ITEM = {
	id: '123',
	guid: 'a1b2c3d4-e5f6-7890-abcd-1234567890ab',
	url: 'https://example.com/webhook',
	active: true,
	events: ['page_create', 'page_delete'],
	consecutiveFailures: 0,
	createdAt: '2023-07-01T10:30:00Z',
};

/** The sample after Expert has switched it off. */
const OFF = SAMPLE.replace('<active>true', '<active>false')
	.replace('failures>0<', 'failures>10<')
	.replace('reason>0<', 'reason>1<');

const OFF_ITEM = { ...ITEM, active: false, consecutiveFailures: 10, disabledReason: '1' };

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

const other = (id: string, url = 'https://example.org/hook') =>
	SAMPLE.replace('<id>123', `<id>${id}`).replace('https://example.com/webhook', url);

const LIST = { method: 'GET', url: '/webhooks?limit=100&offset=0' };

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

	it('getManyWebhooks returns elements without the Authorization value', async () => {
		const run = await runOperation(getManyWebhooks, { ...all, simplify: false }, [list(SAMPLE)]);
		expect(onlyItem(run)).toMatchObject({ 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});
});
