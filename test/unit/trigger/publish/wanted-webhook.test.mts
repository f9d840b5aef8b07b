import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { desiredWebhook } from '../../../../nodes/CxoneExpert/trigger/publish/wanted-webhook.ts';
import { parameters } from '../../../support/unit/samples.mts';

const URL_HERE = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function desired(changed: ExpertCredential = {}, url = URL_HERE) {
	const credential: ExpertCredential = {
		...{ siteUrl: 'https://help.example.com', authentication: 'jwt' },
		...{ longTermToken: 'api-secret', signingSecret: 'whsec_test', ...changed },
	};
	return desiredWebhook(parameters({ events: ['page_create'] }), credential, url);
}

/* What integration cannot have: sites and addresses that are not on this machine. */
describe('desiredWebhook', () => {
	it('desiredWebhook has the URL, the Authorization value and the events', () => {
		expect(desired({ deliveryToken: 'Bearer mine' })).toEqual({
			url: URL_HERE,
			authorization: 'Bearer mine',
			events: ['page_create'],
		});
	});

	it.each<[string, ExpertCredential, string]>([
		['a Site URL with http', { siteUrl: 'http://help.example.com' }, 'Site URL with https'],
		['a scheme without the token', { longTermToken: 'Bearer ' }, 'long-term token'],
		['a server token without its secret', { authentication: 'serverToken' }, 'server token'],
		[
			'no API token beside a delivery token',
			{ longTermToken: '', deliveryToken: 'Bearer mine' },
			'long-term token',
		],
	])('desiredWebhook explains how to fix %s', (_case, changed, part) => {
		expect(() => desired(changed)).toThrow(
			expect.objectContaining({ description: expect.stringContaining(part) }),
		);
	});

	it.each([
		'http://n8n.example.com/webhook/0b6c4f5e/webhook',
		'http://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://127.0.0.1/webhook/0b6c4f5e/webhook',
		// WEBHOOK_URL without its scheme, as people write it.
		'n8n.example.com/webhook/0b6c4f5e/webhook',
	])('desiredWebhook refuses %s and points to WEBHOOK_URL', (url) => {
		expect(() => desired({}, url)).toThrow(
			expect.objectContaining({ description: expect.stringContaining('WEBHOOK_URL') }),
		);
	});

	it.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
		'desiredWebhook accepts any webhook URL for a site on this machine (%s)',
		(siteUrl) => {
			const url = 'http://127.0.0.1:5678/webhook/0b6c4f5e/webhook';
			expect(desired({ siteUrl }, url)).toMatchObject({ url });
		},
	);
});
