import { createHmac } from 'node:crypto';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { authenticatedRequest } from '../../../nodes/CxoneExpert/api/authenticated-request.ts';
import {
	acceptsUnsigned,
	authenticationHeaders,
	bareToken,
	type ExpertCredential,
	signingSecrets,
} from '../../../nodes/CxoneExpert/api/credential.ts';

/** A token computed apart from this code, with the algorithm of the vendor. */
const GOLDEN_EPOCH = 1704067200;
const GOLDEN_TOKEN = 'tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b';

const serverToken: ExpertCredential = {
	authentication: 'serverToken',
	tokenKey: 'testkey',
	tokenSecret: 'testsecret',
	runAsUser: 'admin',
};

describe('authenticationHeaders with a server token', () => {
	it.each([
		['with the equals sign', '=admin'],
		['surrounded by white space', ' admin\n'],
	])('authenticationHeaders matches the known server token for a user name %s', (_case, runAsUser) => {
		const headers = authenticationHeaders({ ...serverToken, runAsUser }, GOLDEN_EPOCH * 1000);
		expect(headers).toEqual({ 'X-Deki-Token': GOLDEN_TOKEN });
	});

	it('server token carries a numeric user ID without an equals sign', () => {
		const headers = authenticationHeaders({ ...serverToken, runAsUser: '42' }, GOLDEN_EPOCH * 1000);
		const hash = createHmac('sha256', 'testsecret').update('testkey_1704067200_42').digest('hex');
		expect(headers).toEqual({ 'X-Deki-Token': `tkn_testkey_1704067200_42_${hash}` });
	});
});

it.each([
	['eyJh.bGci.OiJI', 'eyJh.bGci.OiJI'],
	['bearer  eyJh.bGci.OiJI\n', 'eyJh.bGci.OiJI'],
	['BearerX.y.z', 'BearerX.y.z'],
	['Bearer', ''],
])('bareToken of %j is %j', (longTermToken, token) => {
	expect(bareToken({ longTermToken })).toBe(token);
});

const SITE = 'https://help.example.com';
const API = `${SITE}/@api/deki/pages/home/info`;

type Request = Partial<IHttpRequestOptions> & Record<string, unknown>;

function authenticated(request: Request, siteUrl: string | undefined = `${SITE}/Guides`) {
	const credential = { ...(siteUrl === undefined ? {} : { siteUrl }), longTermToken: 'the-token' };
	return authenticatedRequest(credential, request as IHttpRequestOptions, 0);
}

/** Message and description of what is thrown, as one text; empty when nothing is. */
function refusal(request: Request, siteUrl?: string): string {
	try {
		authenticated(request, siteUrl);
		return '';
	} catch (error) {
		const { message, description } = error as Error & { description?: string };
		return `${message}. ${description}`;
	}
}

describe('authenticatedRequest', () => {
	it.each([
		['sent by a node of this package', { url: API }],
		['sent by the HTTP Request node', { uri: API }],
		['in capitals', { url: 'HTTPS://HELP.EXAMPLE.COM/x' }],
	])('authenticatedRequest adds the token to a request to its own site, %s', (_case, request) => {
		const { headers } = authenticated({ ...request, headers: { Accept: 'text/html' } });
		expect(headers).toEqual({ Accept: 'text/html', Authorization: 'Bearer the-token' });
	});

	it.each([
		['another host', { url: 'https://evil.example/@api/deki/pages' }],
		['another host in url when uri names the own site', { url: 'https://evil.example', uri: API }],
		['a host with the same beginning', { url: 'https://help.example.com.evil.example' }],
		['a host after a user name', { url: 'https://help.example.com@evil.example/' }],
		['a host before a backslash', { url: 'https://evil.example\\@help.example.com/' }],
		['another base address', { url: '/@api/deki/pages', baseURL: 'https://evil.example' }],
		[
			'another base address that n8n joins with a malformed URL',
			{ url: `https:/help.example.com/x`, baseURL: 'http://evil.example' },
		],
		['another port', { url: `${SITE}:8443/x` }],
		['the own site over http', { url: API.replace('https:', 'http:') }],
		['an empty URL', {}],
	])('authenticatedRequest refuses to send to %s', (_case, request) => {
		expect(refusal(request)).toContain(`The CXone Expert API credential is only for ${SITE}. The request was not sent`);
	});

	it.each([
		['no Site URL', '', 'is not a web address'],
		['a Site URL with http', 'http://help.example.com', 'begins with http instead of https'],
	])('authenticatedRequest refuses a credential with %s', (_case, siteUrl, says) => {
		expect(refusal({ url: `${siteUrl}/@api/deki/pages` }, siteUrl)).toContain(says);
	});

	it.each(['', ' = '])('authenticatedRequest refuses a server token for the user %j', (runAsUser) => {
		const credential = { ...serverToken, siteUrl: SITE, runAsUser };
		expect(() => authenticatedRequest(credential, { url: API }, 0)).toThrow('There is no user to call the site as');
	});

	it('authenticatedRequest disables redirects, which would carry the token along', () => {
		const followed = { followRedirect: true, followAllRedirects: true, maxRedirects: 5 };
		expect(authenticated({ url: API, disableFollowRedirect: false, ...followed })).toMatchObject({
			...{ followRedirect: false, followAllRedirects: false, disableFollowRedirect: true },
		});
	});
});

it('authenticatedRequest does not change the request of the caller, which the editor shows', () => {
	const request = { url: API, headers: { Accept: 'text/html' } };
	authenticated(request);
	expect(request).toEqual({ url: API, headers: { Accept: 'text/html' } });
});

describe('acceptsUnsigned', () => {
	const asked = (credential: object) => acceptsUnsigned(credential as ExpertCredential);
	const none = [undefined, null, '', ' \n'];

	it.each(none)('acceptsUnsigned is true for the switch on and %j in place of secrets', (blank) => {
		const secrets = { signingSecret: blank, previousSigningSecret: blank };
		expect(asked({ acceptUnsigned: true, ...secrets })).toBe(true);
	});

	it.each([undefined, null, false, 'true', 'on', 1, {}, [true]])(
		'acceptsUnsigned is false for the switch at %j',
		(acceptUnsigned) => {
			for (const signingSecret of none) expect(asked({ acceptUnsigned, signingSecret })).toBe(false);
		},
	);

	it.each(['whsec_x', ' whsec_x ', 0, 42, false, {}, []])(
		'acceptsUnsigned is false for a secret that is %j, whatever the switch says',
		(secret) => {
			for (const field of ['signingSecret', 'previousSigningSecret'])
				expect(asked({ acceptUnsigned: true, [field]: secret })).toBe(false);
		},
	);
});

it('signingSecrets gives the current one first, without white space, and leaves out blanks and what is no text', () => {
	const [signingSecret, previousSigningSecret] = [' whsec_a\n', 'whsec_b'];
	expect(signingSecrets({ signingSecret, previousSigningSecret })).toEqual(['whsec_a', 'whsec_b']);
	expect(signingSecrets({ signingSecret: ' ', previousSigningSecret })).toEqual(['whsec_b']);
	expect(signingSecrets({ signingSecret: 42 } as object)).toEqual([]);
});
