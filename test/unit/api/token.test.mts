import { describe, expect, it } from 'vitest';

import type { HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { currentUser } from '../../../nodes/CxoneExpert/api/token-check.ts';
import {
	expiryWarning,
	tokenExpiry,
	validity,
} from '../../../nodes/CxoneExpert/api/token-expiry.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('currentUser', () => {
	const userWith = (permissions: string) => ({
		body: `<user id="7" anonymous="false"><username>Ann</username>${permissions}</user>`,
	});
	const userOf = async (response: Partial<HttpResponse>) =>
		await currentUser(siteByPath({ '/users/current': response }).api);

	it.each([
		['the role Admin', '<permissions.user><role id="5">Admin</role></permissions.user>', true],
		[
			'the operation ADMIN',
			'<permissions.user><operations>READ,ADMIN</operations></permissions.user>',
			true,
		],
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

	it('currentUser accepts a user without ID and name', async () => {
		expect(await userOf({ body: '<user anonymous="false"/>' })).toEqual({
			id: undefined,
			name: 'unknown',
			isAdmin: false,
		});
	});
});

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 30, 17);
const jwtWith = (payload: string) => `eyJh.${Buffer.from(payload).toString('base64url')}.c2ln`;
const jwtUntil = (ms: number) => jwtWith(JSON.stringify({ sub: '1', exp: ms / 1000 }));

describe('tokenExpiry', () => {
	it.each(['', 'Bearer ', ' bearer  '])(
		'tokenExpiry reads exp of a token entered after %j',
		(scheme) => {
			const longTermToken = `${scheme}${jwtUntil(Date.UTC(2035, 0, 31))}`;
			expect(tokenExpiry({ longTermToken })).toEqual(new Date('2035-01-31T00:00:00Z'));
		},
	);

	it.each([
		['an empty token', ''],
		['text that is no JWT', 'garbage'],
		['dots only', '..'],
		['a payload that is not base64', 'a.%%%.c'],
		['a payload that is not JSON', jwtWith('{"exp":')],
		['a payload of null', jwtWith('null')],
		['a payload of a number', jwtWith('5')],
		['a payload of a list', jwtWith('[1]')],
		['a payload without exp', jwtWith('{"sub":"1"}')],
		['exp as text', jwtWith('{"exp":"2053900800"}')],
		['exp of 0', jwtWith('{"exp":0}')],
		['exp below 0', jwtWith('{"exp":-5}')],
		['exp beyond the latest date', jwtWith('{"exp":1e300}')],
		['exp of infinity', jwtWith('{"exp":1e999}')],
	])('tokenExpiry and expiryWarning are undefined for %s', (_case, longTermToken) => {
		expect(tokenExpiry({ longTermToken })).toBeUndefined();
		expect(expiryWarning({ longTermToken }, NOW)).toBeUndefined();
	});

	it('tokenExpiry is undefined for a server token, whatever the long-term token is', () => {
		const longTermToken = jwtUntil(NOW);
		expect(tokenExpiry({ authentication: 'serverToken', longTermToken })).toBeUndefined();
	});

	it('validity names the latest date that exists', () => {
		const expiry = tokenExpiry({ longTermToken: jwtWith('{"exp":8640000000000}') });
		expect(validity(expiry!, NOW)).toBe('The long-term token is valid until +275760-09-13.');
	});
});

describe('expiryWarning', () => {
	const warningOf = (end: number, deliveryToken = '') =>
		expiryWarning({ longTermToken: jwtUntil(end), deliveryToken }, NOW);

	it.each([
		['in 30 days', NOW + 30 * DAY, 'is valid until 2026-03-01.'],
		['in a second', NOW + 1000, 'is valid until 2026-01-30.'],
		['now', NOW, 'expired on 2026-01-30.'],
		['a year ago', NOW - 365 * DAY, 'expired on 2025-01-30.'],
	])('expiryWarning warns of a token that expires %s', (_case, end, says) => {
		expect(warningOf(end)).toContain(`The long-term token ${says} Create a new one`);
	});

	it('expiryWarning is undefined more than 30 days before the expiry', () => {
		expect(warningOf(NOW + 30 * DAY + 1000)).toBeUndefined();
	});

	it('expiryWarning asks to publish again when the delivery token is derived', () => {
		expect(warningOf(NOW)).toMatch(/Then unpublish and publish each workflow with the trigger\.$/);
		expect(warningOf(NOW, ' ')).toMatch(/publish/);
		expect(warningOf(NOW, 'Bearer mine')).not.toMatch(/publish/);
	});
});
