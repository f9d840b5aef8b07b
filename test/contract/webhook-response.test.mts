import { describe, expect, it } from 'vitest';

import { itemsToSave } from '../../nodes/CxoneExpert/n8n/webhook-response.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { requestThrough } from '../support/contract/webhook-request.mts';

describe.each(versions)('webhookResponse in n8n %s', (version) => {
	it(`n8n ${version} reads webhookResponse after it has saved the execution and before static data`, async () => {
		const events = new Set<string>();
		const { status, body } = await requestThrough(n8nCode(version), {
			webhook: async () => {
				events.add('webhook');
				return itemsToSave([{ json: {} }], () => events.add('webhookResponse'));
			},
			run: async () => void events.add('execution saved'),
			saveStaticData: () => void events.add('static data saved'),
		});
		expect([...events]).toEqual(['webhook', 'execution saved', 'webhookResponse', 'static data saved']);
		expect([status, body]).toEqual([200, '']);
	});

	it(`n8n ${version} does not read webhookResponse when it cannot save the execution`, async () => {
		const events: string[] = [];
		const { status } = await requestThrough(n8nCode(version), {
			webhook: async () => itemsToSave([{ json: {} }], () => events.push('webhookResponse')),
			run: async () => await Promise.reject(new Error('database is locked')),
		});
		expect(status).toBe(500);
		expect(events).toEqual([]);
	});
});
