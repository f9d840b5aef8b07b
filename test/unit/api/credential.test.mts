import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';
import {
	apiSecret,
	authenticationHeaders,
	type ExpertCredential,
	longTermToken,
} from '../../../nodes/CxoneExpert/api/credential.ts';

/** The golden vector of the facts, §5.2. */
const GOLDEN_EPOCH = 1704067200;
const GOLDEN_TOKEN =
	'tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b';

const serverToken: ExpertCredential = {
	authentication: 'serverToken',
	tokenKey: 'testkey',
	tokenSecret: 'testsecret',
	tokenUser: 'admin',
};

describe('a server token', () => {
	it.each([
		['without the equals sign', 'admin'],
		['with the equals sign', '=admin'],
		['with white space around it', ' admin\n'],
	])('gives the golden vector for a user name %s', (_case, tokenUser) => {
		const headers = authenticationHeaders({ ...serverToken, tokenUser }, GOLDEN_EPOCH * 1000);
		expect(headers).toEqual({ 'X-Deki-Token': GOLDEN_TOKEN });
	});

	it('carries a numeric user id without an equals sign', () => {
		const headers = authenticationHeaders({ ...serverToken, tokenUser: '42' }, GOLDEN_EPOCH * 1000);
		const hash = createHmac('sha256', 'testsecret').update('testkey_1704067200_42').digest('hex');
		expect(headers).toEqual({ 'X-Deki-Token': `tkn_testkey_1704067200_42_${hash}` });
	});

	it('takes a name that only begins with digits for a name', () => {
		const token = authenticationHeaders({ ...serverToken, tokenUser: '42nd' }, 0)['X-Deki-Token'];
		expect(token).toMatch(/^tkn_testkey_0_=42nd_[0-9a-f]{64}$/);
	});

	it('drops white space that was copied along with key and secret', () => {
		const copied = { ...serverToken, tokenKey: ' testkey ', tokenSecret: 'testsecret\n' };
		expect(authenticationHeaders(copied, GOLDEN_EPOCH * 1000)).toEqual({
			'X-Deki-Token': GOLDEN_TOKEN,
		});
	});

	it('counts whole seconds: the last millisecond of a second gives the same token', () => {
		expect(authenticationHeaders(serverToken, GOLDEN_EPOCH * 1000 + 999)).toEqual({
			'X-Deki-Token': GOLDEN_TOKEN,
		});
	});

	it('is made afresh for each call', () => {
		const now = authenticationHeaders(serverToken, GOLDEN_EPOCH * 1000);
		const later = authenticationHeaders(serverToken, (GOLDEN_EPOCH + 1) * 1000);
		expect(later['X-Deki-Token']).toMatch(/^tkn_testkey_1704067201_=admin_/);
		expect(later['X-Deki-Token']?.slice(-64)).not.toBe(now['X-Deki-Token']?.slice(-64));
	});
});

describe('a long-term token', () => {
	it.each([
		['as Expert shows it', 'eyJh.bGci.OiJI'],
		['with the scheme before it', 'Bearer eyJh.bGci.OiJI'],
		['with the scheme in another case', 'bearer  eyJh.bGci.OiJI'],
		['with white space around it', ' eyJh.bGci.OiJI\n'],
	])('becomes one bearer header when it was entered %s', (_case, jwt) => {
		expect(authenticationHeaders({ authentication: 'jwt', jwt }, 0)).toEqual({
			Authorization: 'Bearer eyJh.bGci.OiJI',
		});
	});

	it.each(['Bearer', ' bearer ', 'Bearer \n'])(
		'is empty when only a scheme was entered (%j)',
		(jwt) => {
			expect(longTermToken({ jwt })).toBe('');
		},
	);

	it('keeps a token that merely begins with the letters of the scheme', () => {
		expect(longTermToken({ jwt: 'BearerX.y.z' })).toBe('BearerX.y.z');
	});

	it('is what a credential without a choice uses: it is the default of the field', () => {
		expect(authenticationHeaders({ jwt: 'a', tokenKey: 'k', tokenSecret: 's' }, 0)).toEqual({
			Authorization: 'Bearer a',
		});
	});
});

describe('the API secret', () => {
	const both: ExpertCredential = { jwt: ' the-jwt ', tokenSecret: ' the-secret ' };

	it.each([
		['jwt', 'the-jwt'],
		['serverToken', 'the-secret'],
	] as const)('of %s is the one in use, without white space', (authentication, expected) => {
		expect(apiSecret({ ...both, authentication })).toBe(expected);
	});

	it.each(['Bearer the-jwt', ' bearer  the-jwt\n', 'BEARER\tthe-jwt'])(
		'of a JWT entered as %j is the bare token',
		(jwt) => {
			expect(apiSecret({ jwt })).toBe('the-jwt');
		},
	);

	it('is empty, not undefined, when nothing was entered', () => {
		expect(apiSecret({ authentication: 'serverToken', jwt: 'unused' })).toBe('');
	});
});

describe('the credential', () => {
	it('keeps authenticate when n8n copies it', () => {
		expect({ ...new CxoneExpertApi() }).toHaveProperty('authenticate', expect.any(Function));
	});

	it('adds its header to a request and keeps what is there', async () => {
		const signed = await new CxoneExpertApi().authenticate(
			{ siteUrl: 'https://help.example.com', authentication: 'jwt', jwt: 'abc' },
			{ url: 'https://help.example.com/x', headers: { Accept: 'application/xml' } },
		);
		expect(signed).toMatchObject({
			url: 'https://help.example.com/x',
			headers: { Accept: 'application/xml', Authorization: 'Bearer abc' },
		});
	});

	it('makes a token of this very moment', async () => {
		const before = Math.floor(Date.now() / 1000);
		const { headers } = await new CxoneExpertApi().authenticate(
			{ ...serverToken, siteUrl: 'https://help.example.com' },
			{ url: 'https://help.example.com' },
		);
		const epoch = Number(String(headers?.['X-Deki-Token']).split('_')[2]);
		expect(epoch).toBeGreaterThanOrEqual(before);
		expect(epoch).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
	});

	it('has the fields of the public contract', () => {
		const { name, properties } = new CxoneExpertApi();
		expect(name).toBe('cxoneExpertApi');
		expect(properties.map((field) => field.name)).toEqual([
			'siteUrl',
			'authentication',
			'jwt',
			'tokenKey',
			'tokenSecret',
			'tokenUser',
			'signingSecret',
			'previousSigningSecret',
			'deliveryToken',
		]);
	});

	it.each(['jwt', 'tokenSecret', 'signingSecret', 'previousSigningSecret', 'deliveryToken'])(
		'hides %s while it is typed',
		(secret) => {
			const field = new CxoneExpertApi().properties.find(({ name }) => name === secret);
			expect(field?.typeOptions?.password).toBe(true);
		},
	);
});
