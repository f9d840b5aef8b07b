import { describe, expect, it } from 'vitest';

import {
	expiryWarning,
	tokenExpiry,
	validity,
} from '../../../nodes/CxoneExpert/shared/token-expiry.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 30, 17);
const jwtWith = (payload: string) => `eyJh.${Buffer.from(payload).toString('base64url')}.c2ln`;
const jwtUntil = (ms: number) => jwtWith(JSON.stringify({ sub: '1', exp: ms / 1000 }));

describe('tokenExpiry', () => {
	it.each(['', 'Bearer ', ' bearer  '])('reads exp of a token entered behind %j', (scheme) => {
		const jwt = `${scheme}${jwtUntil(Date.UTC(2035, 0, 31))}`;
		expect(tokenExpiry({ jwt })).toEqual(new Date('2035-01-31T00:00:00Z'));
	});

	it.each([
		['nothing', ''],
		['no JWT', 'garbage'],
		['dots only', '..'],
		['a payload that is no base64', 'a.%%%.c'],
		['a payload that is no JSON', jwtWith('{"exp":')],
		['a payload of null', jwtWith('null')],
		['a payload of a number', jwtWith('5')],
		['a payload of a list', jwtWith('[1]')],
		['no exp', jwtWith('{"sub":"1"}')],
		['exp as text', jwtWith('{"exp":"2053900800"}')],
		['exp of 0', jwtWith('{"exp":0}')],
		['exp below 0', jwtWith('{"exp":-5}')],
		['exp beyond all time', jwtWith('{"exp":1e300}')],
		['exp of infinity', jwtWith('{"exp":1e999}')],
	])('is nothing for %s', (_case, jwt) => {
		expect(tokenExpiry({ jwt })).toBeUndefined();
		expect(expiryWarning({ jwt }, NOW)).toBeUndefined();
	});

	it('is nothing for a server token, whatever stands in the other field', () => {
		const jwt = jwtUntil(NOW);
		expect(tokenExpiry({ authentication: 'serverToken', jwt })).toBeUndefined();
	});

	it('is nothing for a credential with nothing in it', () => {
		expect(tokenExpiry({})).toBeUndefined();
	});

	it('can be named up to the largest time there is', () => {
		const expiry = tokenExpiry({ jwt: jwtWith('{"exp":8640000000000}') });
		expect(validity(expiry!, NOW)).toBe('The long-term token is valid until +275760-09-13.');
	});
});

describe('expiryFinding', () => {
	const finding = (end: number, deliveryToken = '') =>
		expiryWarning({ jwt: jwtUntil(end), deliveryToken }, NOW);

	it.each([
		['in 30 days', NOW + 30 * DAY, 'is valid until 2026-03-01.'],
		['in a second', NOW + 1000, 'is valid until 2026-01-30.'],
		['now', NOW, 'expired on 2026-01-30.'],
		['a year ago', NOW - 365 * DAY, 'expired on 2025-01-30.'],
	])('says so of a token that ends %s', (_case, end, says) => {
		expect(finding(end)).toContain(`The long-term token ${says} Create a new one`);
	});

	it('says nothing more than 30 days before', () => {
		expect(finding(NOW + 30 * DAY + 1000)).toBeUndefined();
	});

	it('names the publish that the site needs to learn a derived delivery token', () => {
		expect(finding(NOW)).toMatch(/Then unpublish and publish each workflow with the trigger\.$/);
		expect(finding(NOW, ' ')).toMatch(/publish/);
		expect(finding(NOW, 'Bearer mine')).not.toMatch(/publish/);
	});

	it('frightens nobody', () => {
		expect(finding(NOW)).not.toMatch(/error|problem|failure|mistake|invalid/i);
	});
});
