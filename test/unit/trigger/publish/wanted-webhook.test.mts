import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { wantedWebhook } from '../../../../nodes/CxoneExpert/trigger/publish/wanted-webhook.ts';
import { parameters } from '../../../support/unit/samples.mts';

const URL_HERE = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function wanted(changed: ExpertCredential = {}, url = URL_HERE) {
	const credential: ExpertCredential = {
		...{ siteUrl: 'https://help.example.com', authentication: 'jwt' },
		...{ longTermToken: 'api-secret', signingSecret: 'whsec_test', ...changed },
	};
	return wantedWebhook(parameters({ events: ['page_create'] }), credential, url);
}

/* What integration cannot have: sites and addresses that are not on this machine. */
describe('wantedWebhook', () => {
	it.each<[string, ExpertCredential, string]>([
		['a Site URL with http', { siteUrl: 'http://help.example.com' }, 'Site URL with https'],
		['a scheme without the token', { longTermToken: 'Bearer ' }, 'long-term token'],
		['no API token beside a delivery token', { longTermToken: '', deliveryToken: 'Bearer mine' }, 'long-term token'],
	])('wantedWebhook explains how to fix %s', (_case, changed, part) => {
		expect(() => wanted(changed)).toThrow(expect.objectContaining({ description: expect.stringContaining(part) }));
	});

	it.each([
		'http://n8n.example.com/webhook/0b6c4f5e/webhook',
		'https://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://127.0.0.1/webhook/0b6c4f5e/webhook',
		// WEBHOOK_URL without its scheme, as people write it.
		'n8n.example.com/webhook/0b6c4f5e/webhook',
	])('wantedWebhook refuses %s and points to WEBHOOK_URL', (url) => {
		expect(() => wanted({}, url)).toThrow(
			expect.objectContaining({ description: expect.stringContaining('N8N_WEBHOOK_URL') }),
		);
	});

	it.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
		'wantedWebhook accepts any webhook URL for a site on this machine (%s)',
		(siteUrl) => {
			const url = 'http://127.0.0.1:5678/webhook/0b6c4f5e/webhook';
			expect(wanted({ siteUrl }, url)).toMatchObject({ url });
		},
	);
});
