import { describe, expect, it } from 'vitest';

import { siteMessage } from '../../../nodes/CxoneExpert/api/site-message.ts';

describe('siteMessage', () => {
	it.each([
		[
			'the error body of newer API calls',
			`<error><exception>X</exception><message>The parameter 'to' is missing.</message><resource>r</resource></error>`,
			`The parameter 'to' is missing.`,
		],
		[
			'the error body of older API calls',
			'<error><status>400</status><title>Bad Request</title><message>Cannot parse it</message></error>',
			'Cannot parse it',
		],
		['an error element below the root', '<r><error><message>Deep</message></error></r>', 'Deep'],
		[
			'a message with XML references',
			'<error><message>a &lt; b &amp; c</message></error>',
			'a < b & c',
		],
		['JSON with a message', '{"status":"400","message":"Cannot parse it"}', 'Cannot parse it'],
		['JSON without a message', '{"status":400}', '{"status":400}'],
		['JSON null', 'null', 'null'],
		['plain text', 'Upstream   timed\r\nout', 'Upstream timed out'],
		['XML without a message as no message', '<error><status>400</status></error>', undefined],
		['a web page as no message', '<html><body>Sign in</body></html>', undefined],
		['a DOCTYPE as no message', '<!DOCTYPE html><html/>', undefined],
		['broken XML as no message', '<error><message>x', undefined],
		['an empty body as no message', '', undefined],
		['white space as no message', ' \n', undefined],
	])('siteMessage reads %s', (_case, body, expected) => {
		expect(siteMessage(body, [])).toBe(expected);
	});

	it('siteMessage is cut to 200 characters', () => {
		expect(siteMessage('word '.repeat(5000), [])).toBe('word '.repeat(40));
	});

	it.each([
		'Bearer abc.def-ghi',
		'bearer abc',
		'Basic dXNlcjpwYXNz',
		'tkn_key_1704067200_=admin_6709ae6a',
		'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
	])('siteMessage hides %s', (secret) => {
		expect(siteMessage(`Got "${secret}" here`, [])).toMatch(/^Got "\[hidden\]"? here$/);
		expect(siteMessage(`<error><message>Got ${secret} here</message></error>`, [])).toBe(
			'Got [hidden] here',
		);
	});

	it('siteMessage searches only the beginning of a body of megabytes', () => {
		expect(siteMessage(`No. ${' '.repeat(2_000_000)}Then why?`, [])).toBe('No.');
		expect(siteMessage(`${' '.repeat(2_000_000)}Why?`, [])).toBeUndefined();
	});

	it('siteMessage shows no part of a secret at the end of what it searches', () => {
		const secret = 'the-secret-of-the-site';
		for (let before = 16_384 - secret.length; before <= 16_384; before++) {
			const message = siteMessage(`No. ${' '.repeat(before - 4)}${secret}${' x'.repeat(50)}`, [
				secret,
			]);
			expect(message).toMatch(/^No\.( \[hidden\])?$/);
		}
	});

	it('siteMessage hides a secret that its maximum length would cut', () => {
		const message = siteMessage(`${'x '.repeat(95)} Bearer abcdefghijklmnop`, []);
		expect(message).not.toContain('Bear');
	});
});
