import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import type { TriggerParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-authorization.ts';
import { desiredWebhook } from '../../../../nodes/CxoneExpert/trigger/subscription/desired.ts';
import { parameters } from '../../../support/unit/samples.mts';

const URL_HERE = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';
const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	authentication: 'jwt',
	jwt: 'api-secret',
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

/** The advice in one text; empty when nothing stands in the way. */
function advice(...given: Parameters<typeof desired>): string {
	const result = desired(...given);
	return result.ok ? '' : `${result.advice.message}. ${result.advice.description}`;
}

describe('desiredWebhook', () => {
	it('has the address, the token and the events', () => {
		expect(desired()).toEqual({
			ok: true,
			webhook: {
				url: URL_HERE,
				authorization: deliveryAuthorization(credential, URL_HERE),
				events: ['page_create'],
			},
		});
	});

	it.each(['Bearer mine', 'Basic dXNlcjpwYXNz'])('has the delivery token %s', (deliveryToken) => {
		expect(desired({ deliveryToken })).toMatchObject({ webhook: { authorization: deliveryToken } });
	});

	it.each([
		['no Site URL', { siteUrl: '' }, 'Site URL'],
		['a Site URL that is none', { siteUrl: 'not an address' }, 'https://help.example.com'],
		['a Site URL with http', { siteUrl: 'http://help.example.com' }, 'Site URL with https'],
		['no token', { jwt: ' ' }, 'long-term token'],
		['a scheme without the token', { jwt: 'Bearer ' }, 'long-term token'],
		['no secret of the server token', { authentication: 'serverToken' }, 'server token'],
		['white space before the signing secret', { signingSecret: ' s' }, 'white space'],
		['a line break after the signing secret', { signingSecret: 's\n' }, 'white space'],
		['a delivery token without a scheme', { deliveryToken: 'abc' }, '"Bearer …" or "Basic …"'],
		['a delivery token of another scheme', { deliveryToken: 'Digest abc' }, 'Delivery Token'],
		['a delivery token of several words', { deliveryToken: 'Bearer a b' }, 'Delivery Token'],
		['a scheme without a token', { deliveryToken: 'Bearer ' }, 'Delivery Token'],
	] as Array<[string, ExpertCredential, string]>)('gives advice on %s', (_case, changed, part) => {
		expect(advice(changed)).toContain(part);
	});

	it('gives advice on the token even when a delivery token is there', () => {
		expect(advice({ jwt: '', deliveryToken: 'Bearer mine' })).toContain('long-term token');
	});

	it.each(['', '  ', undefined])('needs one that the site names for the secret %j', (secret) => {
		const changed = secret === undefined ? {} : { signingSecret: secret };
		const { signingSecret: _, ...without } = credential;
		expect(
			desiredWebhook(
				parameters({ events: ['page_create'], allEvents: false }),
				{ ...without, ...changed, previousSigningSecret: 'whsec_old' },
				URL_HERE,
			),
		).toMatchObject({ ok: true, webhook: { needsNamedSecret: true } });
	});

	it('needs no signing secret when signatures are knowingly not verified', () => {
		const result = desired({ signingSecret: '' }, URL_HERE, { verifySignature: false });
		expect(result).toMatchObject({ ok: true });
		expect(result).not.toHaveProperty('webhook.needsNamedSecret');
	});

	it('gives advice when no events are chosen', () => {
		expect(advice({}, URL_HERE, { events: [] })).toContain('Choose at least one event');
		expect(advice({}, URL_HERE, { events: [] })).toContain('Additional Events');
	});

	it.each([
		'http://n8n.example.com/webhook/0b6c4f5e/webhook',
		'http://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://localhost:5678/webhook/0b6c4f5e/webhook',
		'https://127.0.0.1/webhook/0b6c4f5e/webhook',
		// The setting without its scheme, as people write it.
		'n8n.example.com/webhook/0b6c4f5e/webhook',
	])('gives advice on WEBHOOK_URL for %s', (url) => {
		expect(advice({}, url)).toContain('WEBHOOK_URL');
	});

	it.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
		'lets a site on this machine (%s) call any address',
		(siteUrl) => {
			expect(advice({ siteUrl }, 'http://127.0.0.1:5678/webhook/0b6c4f5e/webhook')).toBe('');
		},
	);

	it('shows no secret in any advice', () => {
		const secrets = { jwt: 'SECRET', signingSecret: ' SECRET', deliveryToken: 'SECRET' };
		expect(advice(secrets)).not.toContain('SECRET');
		expect(advice({ ...secrets, signingSecret: 'SECRET' })).not.toContain('SECRET');
	});

	it.each([
		[{ siteUrl: '' }, URL_HERE],
		[{ siteUrl: 'http://help.example.com' }, URL_HERE],
		[{ jwt: '' }, URL_HERE],
		[{ signingSecret: ' s' }, URL_HERE],
		[{ deliveryToken: 'abc' }, URL_HERE],
		[{}, 'http://n8n.example.com/webhook/0b6c4f5e/webhook'],
	] as Array<[ExpertCredential, string]>)('frightens nobody (%j)', (changed, url) => {
		expect(advice(changed, url)).not.toMatch(/^$|error|problem|failure|mistake/i);
	});
});
