import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { asExpertError } from '../../../../nodes/CxoneExpert/api/expert-error.ts';
import type { TriggerParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-token.ts';
import { desiredWebhook } from '../../../../nodes/CxoneExpert/trigger/publish/desired.ts';
import { parameters } from '../../../support/unit/samples.mts';

const URL_HERE = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';
const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	authentication: 'jwt',
	longTermToken: 'api-secret',
	signingSecret: 'whsec_test',
};

function desired(
	changed: ExpertCredential = {},
	url = URL_HERE,
	changedParameters: Partial<TriggerParameters> = {},
) {
	return desiredWebhook(
		parameters({ events: ['page_create'], allEvents: false, ...changedParameters }),
		{ ...credential, ...changed },
		url,
	);
}

/** What is thrown as one text; empty when nothing is. */
function problem(...given: Parameters<typeof desired>): string {
	try {
		desired(...given);
		return '';
	} catch (thrown) {
		return asExpertError(thrown).text;
	}
}

describe('desiredWebhook', () => {
	it('desiredWebhook has the URL, the authorization and the events', () => {
		expect(desired()).toEqual({
			url: URL_HERE,
			authorization: deliveryAuthorization(credential, URL_HERE),
			events: ['page_create'],
		});
	});

	it.each(['Bearer mine', 'Basic dXNlcjpwYXNz'])(
		'desiredWebhook uses the delivery token %s',
		(deliveryToken) => {
			expect(desired({ deliveryToken })).toMatchObject({ authorization: deliveryToken });
		},
	);

	it.each([
		['a missing Site URL', { siteUrl: '' }, 'Site URL'],
		['a Site URL that is no address', { siteUrl: 'not an address' }, 'https://help.example.com'],
		['a Site URL with http', { siteUrl: 'http://help.example.com' }, 'Site URL with https'],
		['a missing token', { longTermToken: ' ' }, 'long-term token'],
		['a scheme without the token', { longTermToken: 'Bearer ' }, 'long-term token'],
		['a server token without its secret', { authentication: 'serverToken' }, 'server token'],
		['white space before the signing secret', { signingSecret: ' s' }, 'white space'],
		['a line break after the signing secret', { signingSecret: 's\n' }, 'white space'],
		['a delivery token without a scheme', { deliveryToken: 'abc' }, '"Bearer …" or "Basic …"'],
		['a delivery token of another scheme', { deliveryToken: 'Digest abc' }, 'Delivery Token'],
		['a delivery token of several words', { deliveryToken: 'Bearer a b' }, 'Delivery Token'],
		['a scheme without a token', { deliveryToken: 'Bearer ' }, 'Delivery Token'],
	] as Array<[string, ExpertCredential, string]>)(
		'desiredWebhook explains how to fix %s',
		(_case, changed, part) => {
			expect(problem(changed)).toContain(part);
		},
	);

	it('desiredWebhook requires an API token even when there is a delivery token', () => {
		expect(problem({ longTermToken: '', deliveryToken: 'Bearer mine' })).toContain(
			'long-term token',
		);
	});

	it.each(['', '  ', undefined])(
		'desiredWebhook asks for the signing secret when it is %j',
		(signingSecret) => {
			const changed = { ...credential, signingSecret, previousSigningSecret: 'whsec_old' };
			expect(problem(changed as ExpertCredential)).toBe(
				'The credential has no signing secret. Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, add "Verify Signature" under Additional Options of the trigger and turn it off.',
			);
		},
	);

	it('desiredWebhook needs no signing secret when "Verify Signature" is off', () => {
		const off = { verifySignature: false };
		expect(desired({ signingSecret: '' }, URL_HERE, off)).toMatchObject({ url: URL_HERE });
	});

	it('desiredWebhook asks for an event when none is chosen', () => {
		expect(problem({}, URL_HERE, { events: [] })).toContain('Choose at least one event');
		expect(problem({}, URL_HERE, { events: [] })).toContain('Other Events');
	});

	it.each([
		'http://n8n.example.com/webhook/0b6c4f5e/webhook',
		'http://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://127.0.0.1/webhook/0b6c4f5e/webhook',
		// WEBHOOK_URL without its scheme, as people write it.
		'n8n.example.com/webhook/0b6c4f5e/webhook',
	])('desiredWebhook refuses %s and points to WEBHOOK_URL', (url) => {
		expect(problem({}, url)).toContain('WEBHOOK_URL');
	});

	it.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
		'desiredWebhook accepts any webhook URL for a site on this machine (%s)',
		(siteUrl) => {
			expect(problem({ siteUrl }, 'http://127.0.0.1:5678/webhook/0b6c4f5e/webhook')).toBe('');
		},
	);

	it('desiredWebhook shows no secret in its messages', () => {
		const secrets = { longTermToken: 'SECRET', signingSecret: ' SECRET', deliveryToken: 'SECRET' };
		expect(problem(secrets)).not.toContain('SECRET');
		expect(problem({ ...secrets, signingSecret: 'SECRET' })).not.toContain('SECRET');
	});

	it.each([
		[{ siteUrl: '' }, URL_HERE],
		[{ siteUrl: 'http://help.example.com' }, URL_HERE],
		[{ longTermToken: '' }, URL_HERE],
		[{ signingSecret: ' s' }, URL_HERE],
		[{ deliveryToken: 'abc' }, URL_HERE],
		[{}, 'http://n8n.example.com/webhook/0b6c4f5e/webhook'],
	] as Array<[ExpertCredential, string]>)(
		'desiredWebhook uses no alarming words for %j',
		(changed, url) => {
			expect(problem(changed, url)).not.toMatch(/^$|error|problem|failure|mistake/i);
		},
	);
});
