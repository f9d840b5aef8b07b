import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { authorizationSecrets, secretsIn, serverTokenSecrets } from './secret.mts';

const value = 'p"ss\\w0rd/+&<ü>?~';
const bytes = Buffer.from(value);
const secrets = [{ name: 'it', value }];

describe('the search for secrets', () => {
	it.each([
		['in clear', value],
		['URL-encoded', encodeURIComponent(value)],
		['escaped as in JSON', JSON.stringify({ a: value })],
		['escaped as in JavaScript', inspect({ a: value })],
		['escaped as in XML', 'p&quot;ss\\w0rd/+&amp;&lt;ü&gt;?~'],
		['in hex', bytes.toString('hex')],
		['in hex', bytes.toString('hex').toUpperCase()],
		['in base64', bytes.toString('base64')],
		['in base64', Buffer.from(`user:${value} and more`).toString('base64')],
		['in base64', Buffer.from(`x${value}`).toString('base64')],
		['in base64url', Buffer.from(`xy${value}`).toString('base64url')],
	])('the search for secrets finds one %s (%s), wherever it stands', (how, text) => {
		expect(secretsIn(`before ${text} after`, secrets)).toContain(`it ${how}`);
		expect(secretsIn(Buffer.from(`\0${text}\0`), secrets)).toContain(`it ${how}`);
	});

	it('the search for secrets finds nothing in clean or too short texts', () => {
		expect(secretsIn('p"ss\\w0rd', secrets)).toEqual([]);
		expect(secretsIn('abc', [{ name: 'a slip', value: 'abc' }])).toEqual([]);
	});
});

it('the parts of a secret are secrets, too', () => {
	const token = Buffer.from('user:password').toString('base64');
	expect(authorizationSecrets('a', `Basic ${token}`).map((part) => part.value)).toEqual([
		token,
		'user:password',
		'password',
	]);
	expect(authorizationSecrets('a', 'Bearer abc').map((part) => part.value)).toEqual(['abc']);
	expect(serverTokenSecrets('a', 'tkn_k_1_=admin_ff00').map((part) => part.value)).toEqual([
		'tkn_k_1_=admin_ff00',
		'ff00',
	]);
});
