import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import {
	deliveryAuthorization,
	deliveryTokenProblem,
	isSameAuthorization,
} from '../../../nodes/CxoneExpert/shared/delivery-authorization.ts';

const credential: ExpertCredential = { authentication: 'jwt', longTermToken: 'api-secret' };
const url = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function derived(webhookUrl: string, changed: ExpertCredential = {}): string | undefined {
	return deliveryAuthorization({ ...credential, ...changed }, webhookUrl);
}

describe('deliveryAuthorization: derived token', () => {
	it('deliveryAuthorization derives a bearer token from API secret and webhook path', () => {
		const token = createHmac('sha256', 'api-secret')
			.update('cxone-expert-delivery:0b6c4f5e/webhook')
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
		['another host', 'http://10.0.0.7:5678/webhook/0b6c4f5e/webhook'],
		['a proxy that adds a path', 'https://example.com/tools/n8n/webhook/0b6c4f5e/webhook'],
	])('deliveryAuthorization is the same for %s', (_case, at) => {
		expect(derived(at)).toBe(derived(url));
	});

	it.each(['Bearer api-secret', ' bearer  api-secret\n'])(
		'deliveryAuthorization is the same for a JWT entered as %j',
		(longTermToken) => {
			expect(derived(url, { longTermToken })).toBe(derived(url));
		},
	);

	/** The path that n8n gives a node without a webhook ID: `<workflow ID>/<node name>/webhook`. */
	const nameless = (workflow: string, name: string, base = 'https://n8n.example.com/webhook') =>
		`${base}/${workflow}/${name}/webhook`;
	const CUSTOM_ENDPOINT = 'https://example.com/tools/hooks';

	it.each([
		['two workflows', nameless('aBcDeFgH12345678', 'trigger')],
		['two workflows, when the node is called "webhook"', nameless('aBcDeFgH12345678', 'webhook')],
		[
			'two workflows, behind a proxy path',
			nameless('1', 'trigger', 'https://x.example.com/a/webhook'),
		],
		['two workflows, at a custom endpoint', nameless('1', 'trigger', CUSTOM_ENDPOINT)],
		[
			'two workflows, when the node name is a UUID',
			nameless('1', '0b6c4f5e-0000-4000-8000-000000000001'),
		],
	])('deliveryAuthorization differs for nodes of the same name in %s', (_case, first) => {
		const second = first.replace(/[^/]+(\/[^/]+\/webhook)$/, 'zYxWvUtS87654321$1');
		expect(second).not.toBe(first);
		expect(derived(second)).not.toBe(derived(first));
	});

	it('deliveryAuthorization differs for two nodes without a webhook ID in one workflow', () => {
		expect(derived(nameless('1', 'a'))).not.toBe(derived(nameless('1', 'b')));
	});

	it.each([
		['in a test', 'https://n8n.example.com/webhook-test'],
		['at another host', 'http://10.0.0.7:5678/webhook'],
		['behind a proxy that adds a path', 'https://example.com/tools/n8n/webhook'],
	])('deliveryAuthorization of a node without a webhook ID is the same %s', (_case, base) => {
		expect(derived(nameless('1', 'my%20trigger', base))).toBe(
			derived(nameless('1', 'my%20trigger')),
		);
	});

	it.each([
		['at a custom endpoint', `${CUSTOM_ENDPOINT}/`],
		['behind a proxy path with the name of the endpoint', 'https://example.com/webhook/webhook/'],
	])('deliveryAuthorization of a node with a webhook ID is the same %s', (_case, base) => {
		const id = '0b6c4f5e-a1b2-4c3d-8e9f-000000000001';
		expect(derived(`${base}${id}/webhook`)).toBe(
			derived(`https://n8n.example.com/webhook/${id}/webhook`),
		);
	});

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

describe('deliveryTokenProblem', () => {
	it.each([undefined, '', ' ', 'Bearer abc', 'Basic dXNlcjpw', ' bearer abc '])(
		'deliveryTokenProblem finds nothing wrong with %j',
		(deliveryToken) => {
			const entered = deliveryToken === undefined ? {} : { deliveryToken };
			expect(deliveryTokenProblem(entered)).toBeUndefined();
		},
	);

	it.each(['abc', 'Digest abc', 'Bearer a b', 'Bearer ', 'Bearer a\r\nX-Other: b', 'Bearer ä'])(
		'deliveryTokenProblem says what %j should be',
		(deliveryToken) => {
			expect(deliveryTokenProblem({ deliveryToken })?.description).toContain('"Bearer …"');
		},
	);
});
