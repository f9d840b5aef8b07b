import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import {
	addressProof,
	deliveryAuthorization,
	isSameAuthorization,
	requiredAuthorization,
} from '../../../nodes/CxoneExpert/protocol/token.ts';

const credential: ExpertCredential = { authentication: 'jwt', longTermToken: 'api-secret' };
const url = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function derived(webhookUrl: string, changed: ExpertCredential = {}): string | undefined {
	return deliveryAuthorization({ ...credential, ...changed }, webhookUrl);
}

describe('deliveryAuthorization: derived token', () => {
	it('deliveryAuthorization derives a bearer token from API secret and webhook URL', () => {
		const token = createHmac('sha256', 'api-secret').update(`cxone-expert-delivery:${url}`).digest('base64url');
		expect(derived(url)).toBe(`Bearer ${token}`);
	});

	it.each<[string, string, ExpertCredential]>([
		['another secret', url, { longTermToken: 'other' }],
		['a server token', url, { authentication: 'serverToken', tokenSecret: 'another' }],
		['another webhook', url.replace('0b6c4f5e', '1c7d5060'), {}],
		['another host', url.replace('n8n.', 'evil.'), {}],
		['the test address', url.replace('webhook/', 'webhook-test/'), {}],
	])('deliveryAuthorization differs for %s', (_case, at, changed) => {
		expect(derived(at, changed)).toMatch(/^Bearer [\w-]{43}$/);
		expect(derived(at, changed)).not.toBe(derived(url));
	});

	it.each(['Bearer api-secret', ' bearer  api-secret\n'])(
		'deliveryAuthorization is the same for a JWT entered as %j',
		(longTermToken) => {
			expect(derived(url, { longTermToken })).toBe(derived(url));
		},
	);

	it('deliveryAuthorization is the same for another spelling of the address', () => {
		expect(derived(`${url.replace('n8n', 'N8N').replace('0b6c', '%30b6c')}/`)).toBe(derived(url));
	});

	it('deliveryAuthorization is undefined without an API secret, because anyone could derive it', () => {
		expect(derived(url, { longTermToken: '' })).toBeUndefined();
		expect(derived(url, { longTermToken: '  ' })).toBeUndefined();
	});
});

it('deliveryAuthorization is the Delivery Token of the credential, also without an API secret', () => {
	expect(derived(url, { deliveryToken: ' Basic dXNlcjpwYXNz ' })).toBe('Basic dXNlcjpwYXNz');
	expect(derived(url, { longTermToken: '', deliveryToken: 'Bearer mine' })).toBe('Bearer mine');
});

describe('addressProof', () => {
	const proof = (at: string, challenge: string, changed: ExpertCredential = {}) =>
		addressProof({ ...credential, ...changed }, at, challenge);
	const given = proof(url, 'challenge');

	it('addressProof is the same for another spelling of the address', () => {
		expect(given).toMatch(/^[\w-]{43}$/);
		expect(proof(`${url}/`, 'challenge')).toBe(given);
	});

	it.each<[string, string, string, ExpertCredential]>([
		['another address', `${url}2`, 'challenge', {}],
		['another challenge', url, 'challenge2', {}],
		['parts that are divided in another way', `${url}?a`, 'b","challenge', {}],
	])('addressProof differs for %s', (_case, at, challenge, changed) => {
		expect(proof(at, challenge, changed)).not.toBe(given);
	});
});

it.each([
	['the same text', 'Bearer abc', true],
	['a list', ['Bearer abc'], false],
	['a longer text', 'Bearer abcd', false],
])('isSameAuthorization of %s is right', (_case, received, expected) => {
	expect(isSameAuthorization(received, 'Bearer abc')).toBe(expected);
});

it('requiredAuthorization asks for a token where there is none', () => {
	expect(() => requiredAuthorization({ longTermToken: ' ' }, url)).toThrow(
		'The credential has no token for the Expert API',
	);
});

it.each(['abc', 'Digest abc', 'Bearer a b', 'Bearer ', 'Bearer a\r\nX-Other: b', 'Bearer ä'])(
	'requiredAuthorization says what %j should be',
	(deliveryToken) => {
		const refused = () => requiredAuthorization({ ...credential, deliveryToken }, url);
		expect(refused).toThrow(expect.objectContaining({ description: expect.stringContaining('"Bearer …"') }));
	},
);
