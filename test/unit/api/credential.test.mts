import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import {
	apiSecret,
	authenticationHeaders,
	bareToken,
	type ExpertCredential,
} from '../../../nodes/CxoneExpert/api/credential.ts';

/** A token computed apart from this code, with the algorithm of the vendor. */
const GOLDEN_EPOCH = 1704067200;
const GOLDEN_TOKEN =
	'tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b';

const serverToken: ExpertCredential = {
	authentication: 'serverToken',
	tokenKey: 'testkey',
	tokenSecret: 'testsecret',
	runAsUser: 'admin',
};

describe('authenticationHeaders with a server token', () => {
	it.each([
		['without the equals sign', 'admin'],
		['with the equals sign', '=admin'],
		['surrounded by white space', ' admin\n'],
	])(
		'authenticationHeaders matches the known server token for a user name %s',
		(_case, runAsUser) => {
			const headers = authenticationHeaders({ ...serverToken, runAsUser }, GOLDEN_EPOCH * 1000);
			expect(headers).toEqual({ 'X-Deki-Token': GOLDEN_TOKEN });
		},
	);

	it('server token carries a numeric user ID without an equals sign', () => {
		const headers = authenticationHeaders({ ...serverToken, runAsUser: '42' }, GOLDEN_EPOCH * 1000);
		const hash = createHmac('sha256', 'testsecret').update('testkey_1704067200_42').digest('hex');
		expect(headers).toEqual({ 'X-Deki-Token': `tkn_testkey_1704067200_42_${hash}` });
	});

	it('server token treats a user that only begins with digits as a name', () => {
		const token = authenticationHeaders({ ...serverToken, runAsUser: '42nd' }, 0)['X-Deki-Token'];
		expect(token).toMatch(/^tkn_testkey_0_=42nd_[0-9a-f]{64}$/);
	});

	it('server token ignores white space around key and secret', () => {
		const copied = { ...serverToken, tokenKey: ' testkey ', tokenSecret: 'testsecret\n' };
		expect(authenticationHeaders(copied, GOLDEN_EPOCH * 1000)).toEqual({
			'X-Deki-Token': GOLDEN_TOKEN,
		});
	});

	it('server token stays the same until the last millisecond of a second', () => {
		expect(authenticationHeaders(serverToken, GOLDEN_EPOCH * 1000 + 999)).toEqual({
			'X-Deki-Token': GOLDEN_TOKEN,
		});
	});

	it('server token changes with the time of the call', () => {
		const now = authenticationHeaders(serverToken, GOLDEN_EPOCH * 1000);
		const later = authenticationHeaders(serverToken, (GOLDEN_EPOCH + 1) * 1000);
		expect(later['X-Deki-Token']).toMatch(/^tkn_testkey_1704067201_=admin_/);
		expect(later['X-Deki-Token']?.slice(-64)).not.toBe(now['X-Deki-Token']?.slice(-64));
	});
});

describe('authenticationHeaders with a long-term token', () => {
	it.each([
		['as Expert shows it', 'eyJh.bGci.OiJI'],
		['with its scheme', 'Bearer eyJh.bGci.OiJI'],
		['with its scheme in another case', 'bearer  eyJh.bGci.OiJI'],
		['surrounded by white space', ' eyJh.bGci.OiJI\n'],
	])('long-term token becomes one bearer header when entered %s', (_case, longTermToken) => {
		expect(authenticationHeaders({ authentication: 'jwt', longTermToken }, 0)).toEqual({
			Authorization: 'Bearer eyJh.bGci.OiJI',
		});
	});

	it.each(['Bearer', ' bearer ', 'Bearer \n'])(
		'longTermToken is empty when only a scheme was entered (%j)',
		(longTermToken) => {
			expect(bareToken({ longTermToken })).toBe('');
		},
	);

	it('longTermToken keeps a token that merely begins with the letters of the scheme', () => {
		expect(bareToken({ longTermToken: 'BearerX.y.z' })).toBe('BearerX.y.z');
	});

	it('authenticationHeaders uses the long-term token by default', () => {
		expect(
			authenticationHeaders({ longTermToken: 'a', tokenKey: 'k', tokenSecret: 's' }, 0),
		).toEqual({
			Authorization: 'Bearer a',
		});
	});
});

describe('apiSecret', () => {
	const both: ExpertCredential = { longTermToken: ' the-jwt ', tokenSecret: ' the-secret ' };

	it.each([
		['jwt', 'the-jwt'],
		['serverToken', 'the-secret'],
	] as const)('apiSecret of %s is the secret in use, trimmed', (authentication, expected) => {
		expect(apiSecret({ ...both, authentication })).toBe(expected);
	});

	it.each(['Bearer the-jwt', ' bearer  the-jwt\n', 'BEARER\tthe-jwt'])(
		'apiSecret of a JWT entered as %j is the bare token',
		(longTermToken) => {
			expect(apiSecret({ longTermToken })).toBe('the-jwt');
		},
	);

	it('apiSecret is empty, not undefined, when nothing was entered', () => {
		expect(apiSecret({ authentication: 'serverToken', longTermToken: 'unused' })).toBe('');
	});
});
