import { describe, expect, it } from 'vitest';

import { secretsOf, redact } from '../../../nodes/CxoneExpert/api/redact.ts';

const SECRET = 'p"ss\\w0rd/+&ü';
const bytes = Buffer.from(SECRET);

describe('redact', () => {
	it.each([
		['URL-encoded', encodeURIComponent(SECRET)],
		['escaped as in JSON', JSON.stringify(SECRET).slice(1, -1)],
		['escaped as in XML', 'p&quot;ss\\w0rd/+&amp;ü'],
		['in base64', bytes.toString('base64')],
		['in base64url', bytes.toString('base64url')],
		['in hex', bytes.toString('hex')],
		['after its scheme', `Bearer ${SECRET}`],
	])('redact hides a known secret %s', (_case, spelling) => {
		expect(redact(`odd token ${spelling} !`, [SECRET])).toBe('odd token [hidden] !');
	});

	it.each([
		'Bearer abc',
		'Basic%20dXNlcg==',
		'tkn_key_1704067200_=admin_6709ae6a',
		'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
		'6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b',
	])('redact hides what looks like a secret: %s', (unknown) => {
		expect(redact(`got ${unknown} here`, [])).toBe('got [hidden] here');
	});

	it('redact keeps addresses and IDs, which people need', () => {
		const text = 'https://n8n.example.com/webhook/143c3406-fdfd-11f0-8674-aa9553f76750/webhook is not https';
		expect(redact(text, [SECRET])).toBe(text);
	});
});

describe('redact of a long text', () => {
	const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
	/** How much is searched. */
	const SEARCHED = 16 * 1024;

	it.each([
		['a known secret', SECRET, [SECRET]],
		['a JWT', TOKEN, []],
		['a token with its scheme', `Bearer ${'t0ken'.repeat(20)}`, []],
	])('redact shows no part of %s, wherever the text is cut', (_case, secret, secrets) => {
		for (let before = SEARCHED - secret.length; before <= SEARCHED; before++) {
			const text = `${' '.repeat(before)}${secret} and so on, and so on${' '.repeat(100)}`;
			expect(redact(text, secrets).replace('[hidden]', '').trim()).toBe('');
		}
	});
});

it('secretsOf returns every secret field without scheme and white space', () => {
	const secrets = secretsOf(
		{
			siteUrl: 'https://help.example.com',
			runAsUser: 'admin',
			longTermToken: ' Bearer jwt-1 ',
			tokenKey: 'key-1',
			tokenSecret: 'secret-1',
			signingSecret: 'signing-1',
			previousSigningSecret: 'previous-1',
			deliveryToken: `Basic ${Buffer.from('user:pass-1').toString('base64')}`,
		},
		'Bearer derived-1',
	);
	expect(secrets).toEqual(
		expect.arrayContaining([
			...['jwt-1', 'key-1', 'secret-1', 'signing-1', 'previous-1', 'derived-1'],
			...['dXNlcjpwYXNzLTE=', 'user:pass-1', 'pass-1'],
		]),
	);
	expect(secrets).not.toContain('admin');
});
