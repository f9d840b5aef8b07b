import { describe, expect, it } from 'vitest';

import type { HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { currentUser, explainRefusal } from '../../../nodes/CxoneExpert/api/token-check.ts';
import { expiredToken, expiringTokens, expiryWarnings } from '../../../nodes/CxoneExpert/api/token-expiry.ts';
import { jwtUntil, jwtWith } from '../../support/jwt.mts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('currentUser', () => {
	const userWith = (permissions: string) => ({
		body: `<user id="7" anonymous="false"><username>Ann</username>${permissions}</user>`,
	});
	const userOf = async (response: Partial<HttpResponse>) =>
		await currentUser(siteByPath({ '/users/current': response }).api);

	it.each([
		['the role Admin', '<permissions.user><role id="5">Admin</role></permissions.user>', true],
		['another role', '<permissions.user><role>Contributor</role></permissions.user>', false],
		[
			'an operation with a similar name',
			'<permissions.user><operations>READ,ADMINISTER</operations></permissions.user>',
			false,
		],
		['no permissions', '', false],
	])('currentUser of a user with %s has isAdmin $2', async (_case, permissions, isAdmin) => {
		expect(await userOf(userWith(permissions))).toEqual({ id: '7', name: 'Ann', isAdmin });
	});

	it.each([{ status: 403 }, { body: '<user anonymous="true"/>' }, { body: '<user/>' }])(
		'currentUser reports a rejected token for %j',
		async (response) => {
			await expect(userOf(response)).rejects.toMatchObject({ kind: 'anonymous' });
		},
	);

	it('currentUser gives a name in one short line, without the token that a site puts there', async () => {
		const name = `Ann\n2026 | error | tkn_key_1_2_3 ${'x'.repeat(30)}`.concat(' y'.repeat(100));
		const { name: shown } = await userOf({
			body: `<user anonymous="false"><username>${name}</username></user>`,
		});
		expect(shown).toMatch(/^Ann\?2026 \| error \| \[hidden\] x+ /);
		expect(shown).toHaveLength(100);
	});
});

describe('explainRefusal', () => {
	const admin = `<user anonymous="false"><permissions.user><role>Admin</role></permissions.user></user>`;
	const cause = async (status: number, user: string | Partial<HttpResponse>) => {
		const { api } = siteByPath({ '/users/current': user });
		return await explainRefusal(api, new ExpertError({ kind: 'http-status', status }), {});
	};

	it('explainRefusal leaves a 401 as it is where the token is accepted all the same', async () => {
		expect(await cause(401, admin)).toMatchObject({
			message: 'Expert did not accept the token (401)',
		});
		expect(await cause(403, admin)).toMatchObject({
			...{ message: 'Webhooks are not enabled for the site', status: 403 },
		});
	});

	it.each([{ status: 500 }, { body: '<other/>' }, { status: 0, networkCode: 'ECONNRESET' }])(
		'explainRefusal leaves a refusal as it is where the site says %j of who we are',
		async (response) => {
			expect((await cause(403, response)).message).toBe('Expert did not allow this (403)');
		},
	);
});

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 30, 17);

describe('expiringTokens', () => {
	it.each(['', 'Bearer ', ' bearer  '])('expiringTokens reads exp of a token entered after %j', (scheme) => {
		const longTermToken = `${scheme}${jwtUntil(Date.UTC(2035, 0, 31))}`;
		expect(expiringTokens({ longTermToken }, NOW)).toMatchObject([
			{ name: 'long-term token', expiresAt: new Date('2035-01-31T00:00:00Z') },
		]);
	});

	it.each([
		['text that is no JWT', 'garbage'],
		['a payload that is not base64', 'a.%%%.c'],
		['a payload that is not JSON', jwtWith('{"exp":')],
		['exp of 0', jwtWith('{"exp":0}')],
		['exp beyond the latest date', jwtWith('{"exp":1e300}')],
	])('expiringTokens reads no expiry from %s', (_case, longTermToken) => {
		const deliveryToken = `Bearer ${longTermToken}`;
		expect(expiringTokens({ longTermToken, deliveryToken }, NOW)).toEqual([]);
	});

	it.each([
		['one that is derived', undefined],
		['an empty field', ' '],
		['a password', `Basic ${jwtUntil(NOW)}`],
		['a JWT without its scheme, which publishing refuses', jwtUntil(NOW)],
	])('expiringTokens has no delivery token for %s', (_case, deliveryToken) => {
		const credential = deliveryToken === undefined ? {} : { deliveryToken };
		expect(expiringTokens(credential, NOW)).toEqual([]);
	});
});

describe('expiryWarnings', () => {
	it('expiryWarnings is empty more than 30 days before the expiry', () => {
		const longTermToken = jwtUntil(NOW + 30 * DAY + 1000);
		expect(expiryWarnings({ longTermToken }, NOW)).toEqual([]);
	});

	it.each([
		['in 30 days', NOW + 30 * DAY, 'expires in 30 days, on 2026-03-01.'],
		['in a second', NOW + 1000, 'expires within a day, on 2026-01-30.'],
		['now', NOW, 'expired on 2026-01-30.'],
	])('expiryWarnings warns of tokens that expire %s', (_case, end, says) => {
		const [longTermToken, deliveryToken] = [jwtUntil(end), `Bearer ${jwtUntil(end)}`];
		expect(expiryWarnings({ longTermToken, deliveryToken }, NOW)).toEqual([
			expect.stringContaining(`The long-term token ${says} Create a new one`),
			expect.stringMatching(new RegExp(`^The delivery token ${says} .* Enter a new one as Delivery Token .* publish`)),
		]);
	});

	it('expiredToken says nothing of a delivery token: the site does not ask for it', () => {
		const [longTermToken, deliveryToken] = [jwtUntil(NOW + DAY), `Bearer ${jwtUntil(NOW)}`];
		expect(expiredToken({ longTermToken, deliveryToken }, NOW)).toBeUndefined();
		expect(expiredToken({ longTermToken }, NOW + DAY)).toMatchObject({
			message: 'The long-term token expired on 2026-01-31',
		});
	});
});
