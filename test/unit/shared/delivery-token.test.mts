import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import {
	addressProof,
	deliveryAuthorization,
	isSameAuthorization,
	requiredAuthorization,
} from '../../../nodes/CxoneExpert/shared/delivery-token.ts';

const credential: ExpertCredential = { authentication: 'jwt', longTermToken: 'api-secret' };
const url = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function derived(webhookUrl: string, changed: ExpertCredential = {}): string | undefined {
	return deliveryAuthorization({ ...credential, ...changed }, webhookUrl);
}

describe('deliveryAuthorization: derived token', () => {
	it('deliveryAuthorization derives a bearer token from API secret and webhook URL', () => {
		const token = createHmac('sha256', 'api-secret')
			.update(`cxone-expert-delivery:${url}`)
			.digest('base64url');
		expect(derived(url)).toBe(`Bearer ${token}`);
	});

	it('deliveryAuthorization does not contain the API secret', () => {
		expect(derived(url)).not.toContain('api-secret');
	});

	it.each([
		['another secret', url, { longTermToken: 'other' }],
		['another webhook', 'https://n8n.example.com/webhook/1c7d5060/webhook', {}],
		['another last segment', 'https://n8n.example.com/webhook/0b6c4f5e/other', {}],
		[
			'a server token instead of the JWT',
			url,
			{ authentication: 'serverToken', tokenSecret: 'another' },
		],
	] as Array<[string, string, ExpertCredential]>)(
		'deliveryAuthorization differs for %s',
		(_case, at, changed) => {
			expect(derived(at, changed)).toMatch(/^Bearer [\w-]{43}$/);
			expect(derived(at, changed)).not.toBe(derived(url));
		},
	);

	it.each([
		['the test address', 'https://n8n.example.com/webhook-test/0b6c4f5e/webhook'],
		['another host', 'https://evil.example.com/webhook/0b6c4f5e/webhook'],
		['another scheme', 'http://n8n.example.com/webhook/0b6c4f5e/webhook'],
		['another port', 'https://n8n.example.com:8443/webhook/0b6c4f5e/webhook'],
		['another endpoint', 'https://n8n.example.com/tools/webhook/0b6c4f5e/webhook'],
		['a path that ends like it', 'https://n8n.example.com/webhook/a/b/0b6c4f5e/webhook'],
		['a path that leads there', 'https://n8n.example.com/webhook/a/../0b6c4f5e/webhook'],
		[
			'an encoded path that leads there',
			'https://n8n.example.com/webhook/a/%2e%2E/0b6c4f5e/webhook',
		],
		['a path with a backslash', 'https://n8n.example.com/webhook\\0b6c4f5e/webhook'],
		['an encoded slash', 'https://n8n.example.com/webhook/0b6c4f5e%2Fwebhook'],
		['a query', `${url}?a`],
	])('deliveryAuthorization differs for %s', (_case, at) => {
		expect(derived(at)).not.toBe(derived(url));
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

describe('deliveryAuthorization: own token', () => {
	it('deliveryAuthorization prefers the Delivery Token of the credential', () => {
		expect(derived(url, { deliveryToken: ' Basic dXNlcjpwYXNz ' })).toBe('Basic dXNlcjpwYXNz');
	});

	it('deliveryAuthorization needs no API secret when the credential has a Delivery Token', () => {
		expect(derived(url, { longTermToken: '', deliveryToken: 'Bearer mine' })).toBe('Bearer mine');
	});

	it.each([undefined, '', '   '])(
		'deliveryAuthorization treats the Delivery Token %j as empty',
		(deliveryToken) => {
			expect(derived(url, { deliveryToken })).toBe(derived(url));
		},
	);
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
		['another API secret', url, 'challenge', { longTermToken: 'other' }],
	])('addressProof differs for %s', (_case, at, challenge, changed) => {
		expect(proof(at, challenge, changed)).not.toBe(given);
	});

	it('addressProof goes by the API secret, also with a Delivery Token of the credential', () => {
		expect(proof(url, 'challenge', { deliveryToken: 'Bearer mine' })).toBe(given);
		expect(proof(url, 'challenge', { longTermToken: ' ' })).toBeUndefined();
	});
});

describe('isSameAuthorization', () => {
	it('isSameAuthorization accepts the same text', () => {
		expect(isSameAuthorization('Bearer abc', 'Bearer abc')).toBe(true);
	});

	it.each([
		['a missing value', undefined],
		['a list', ['Bearer abc']],
		['an empty text', ''],
		['only a prefix', 'Bearer ab'],
		['a longer text', 'Bearer abcd'],
		['another text of the same length', 'Bearer abd'],
		['another case', 'bearer abc'],
		['the token without its scheme', 'abc'],
		['a number', 7],
	])('isSameAuthorization rejects %s', (_case, received) => {
		expect(isSameAuthorization(received, 'Bearer abc')).toBe(false);
	});
});

describe('requiredAuthorization', () => {
	it.each(['Bearer abc', 'Basic dXNlcjpw', 'bearer abc'])(
		'requiredAuthorization is the Delivery Token %j',
		(deliveryToken) => {
			expect(requiredAuthorization({ deliveryToken }, url)).toBe(deliveryToken);
		},
	);

	it.each([undefined, '', ' '])(
		'requiredAuthorization is derived where the Delivery Token is %j',
		(deliveryToken) => {
			const entered = deliveryToken === undefined ? {} : { deliveryToken };
			expect(requiredAuthorization({ ...credential, ...entered }, url)).toBe(
				deliveryAuthorization(credential, url),
			);
		},
	);

	it.each(['abc', 'Digest abc', 'Bearer a b', 'Bearer ', 'Bearer a\r\nX-Other: b', 'Bearer ä'])(
		'requiredAuthorization says what %j should be',
		(deliveryToken) => {
			const refused = () => requiredAuthorization({ ...credential, deliveryToken }, url);
			expect(refused).toThrow(
				expect.objectContaining({ description: expect.stringContaining('"Bearer …"') }),
			);
		},
	);

	it('requiredAuthorization asks for a token where there is none', () => {
		expect(() => requiredAuthorization({ longTermToken: ' ' }, url)).toThrow(
			'The credential has no token for the Expert API',
		);
	});
});
