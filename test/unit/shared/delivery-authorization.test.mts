import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import {
	deliveryAuthorization,
	isSameAuthorization,
} from '../../../nodes/CxoneExpert/shared/delivery-authorization.ts';

const credential: ExpertCredential = { authentication: 'jwt', jwt: 'api-secret' };
const url = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';

function derived(webhookUrl: string, changed: ExpertCredential = {}): string | undefined {
	return deliveryAuthorization({ ...credential, ...changed }, webhookUrl);
}

describe('the derived delivery token', () => {
	it('is a bearer value that only the API secret and the webhook path give', () => {
		const token = createHmac('sha256', 'api-secret')
			.update('cxone-expert-delivery:0b6c4f5e/webhook')
			.digest('base64url');
		expect(derived(url)).toBe(`Bearer ${token}`);
	});

	it('does not hold the API secret', () => {
		expect(derived(url)).not.toContain('api-secret');
	});

	it.each([
		['another secret', url, { jwt: 'other' }],
		['another webhook', 'https://n8n.example.com/webhook/1c7d5060/webhook', {}],
		['another last part', 'https://n8n.example.com/webhook/0b6c4f5e/other', {}],
		[
			'a server token instead of the JWT',
			url,
			{ authentication: 'serverToken', tokenSecret: 'another' },
		],
	] as Array<[string, string, ExpertCredential]>)('differs for %s', (_case, at, changed) => {
		expect(derived(at, changed)).toMatch(/^Bearer [\w-]{43}$/);
		expect(derived(at, changed)).not.toBe(derived(url));
	});

	it.each([
		['the test address', 'https://n8n.example.com/webhook-test/0b6c4f5e/webhook'],
		['another host', 'http://10.0.0.7:5678/webhook/0b6c4f5e/webhook'],
		['a proxy that adds a path', 'https://example.com/tools/n8n/webhook/0b6c4f5e/webhook'],
	])('is the same at %s', (_case, at) => {
		expect(derived(at)).toBe(derived(url));
	});

	it.each(['Bearer api-secret', ' bearer  api-secret\n'])(
		'is the same for a JWT entered as %j: the API takes both for one token',
		(jwt) => {
			expect(derived(url, { jwt })).toBe(derived(url));
		},
	);

	/** Nodes without a webhook id of their own: n8n gives them `<workflow id>/<node name>/webhook`. */
	const nameless = (workflow: string, name: string, base = 'https://n8n.example.com/webhook') =>
		`${base}/${workflow}/${name}/webhook`;
	const CUSTOM_ENDPOINT = 'https://example.com/tools/hooks';

	it.each([
		['two workflows', nameless('aBcDeFgH12345678', 'trigger')],
		['two workflows, the node is called "webhook"', nameless('aBcDeFgH12345678', 'webhook')],
		[
			'two workflows, behind another path',
			nameless('1', 'trigger', 'https://x.example.com/a/webhook'),
		],
		['two workflows, at another endpoint', nameless('1', 'trigger', CUSTOM_ENDPOINT)],
		['two workflows, the name is a UUID', nameless('1', '0b6c4f5e-0000-4000-8000-000000000001')],
	])('differs for nodes of one name in %s', (_case, first) => {
		const second = first.replace(/[^/]+(\/[^/]+\/webhook)$/, 'zYxWvUtS87654321$1');
		expect(second).not.toBe(first);
		expect(derived(second)).not.toBe(derived(first));
	});

	it('differs for two nodes without an id in one workflow', () => {
		expect(derived(nameless('1', 'a'))).not.toBe(derived(nameless('1', 'b')));
	});

	it.each([
		['in a test', 'https://n8n.example.com/webhook-test'],
		['at another host', 'http://10.0.0.7:5678/webhook'],
		['behind a proxy that adds a path', 'https://example.com/tools/n8n/webhook'],
	])('is the same %s for a node without an id', (_case, base) => {
		expect(derived(nameless('1', 'my%20trigger', base))).toBe(
			derived(nameless('1', 'my%20trigger')),
		);
	});

	it.each([
		['at another endpoint', `${CUSTOM_ENDPOINT}/`],
		['behind a path that is called as the endpoint', 'https://example.com/webhook/webhook/'],
	])('is the same %s for a node with an id as n8n gives it', (_case, base) => {
		const id = '0b6c4f5e-a1b2-4c3d-8e9f-000000000001';
		expect(derived(`${base}${id}/webhook`)).toBe(
			derived(`https://n8n.example.com/webhook/${id}/webhook`),
		);
	});

	it('is the same when a site writes the address down in another way', () => {
		expect(derived(`${url.replace('n8n', 'N8N').replace('0b6c', '%30b6c')}/`)).toBe(derived(url));
	});

	it('is not there without an API secret: anyone could work it out', () => {
		expect(derived(url, { jwt: '' })).toBeUndefined();
		expect(derived(url, { jwt: '  ' })).toBeUndefined();
	});
});

describe("the user's own delivery token", () => {
	it('wins over the derived one', () => {
		expect(derived(url, { deliveryToken: ' Basic dXNlcjpwYXNz ' })).toBe('Basic dXNlcjpwYXNz');
	});

	it('needs no API secret', () => {
		expect(derived(url, { jwt: '', deliveryToken: 'Bearer mine' })).toBe('Bearer mine');
	});

	it.each([undefined, '', '   '])('%j counts as none', (deliveryToken) => {
		expect(derived(url, { deliveryToken })).toBe(derived(url));
	});
});

describe('comparing the received Authorization', () => {
	it('accepts the same text', () => {
		expect(isSameAuthorization('Bearer abc', 'Bearer abc')).toBe(true);
	});

	it.each([
		['a missing one', undefined],
		['a list', ['Bearer abc']],
		['an empty text', ''],
		['only a prefix', 'Bearer ab'],
		['a longer text', 'Bearer abcd'],
		['another text of the same length', 'Bearer abd'],
		['another case', 'bearer abc'],
		['the token without its scheme', 'abc'],
		['a number', 7],
	])('refuses %s', (_case, received) => {
		expect(isSameAuthorization(received, 'Bearer abc')).toBe(false);
	});
});
