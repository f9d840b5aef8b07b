import { describe, expect, it } from 'vitest';

import { siteMessage } from '../../../nodes/CxoneExpert/api/site-message.ts';

describe('siteMessage', () => {
	it.each([
		[
			'the new style',
			`<error><exception>X</exception><message>The parameter 'to' is missing.</message><resource>r</resource></error>`,
			`The parameter 'to' is missing.`,
		],
		[
			'the old style',
			'<error><status>400</status><title>Bad Request</title><message>Cannot parse it</message></error>',
			'Cannot parse it',
		],
		['an error within', '<r><error><message>Deep</message></error></r>', 'Deep'],
		['references', '<error><message>a &lt; b &amp; c</message></error>', 'a < b & c'],
		['JSON', '{"status":"400","message":"Cannot parse it"}', 'Cannot parse it'],
		['JSON without a message', '{"status":400}', '{"status":400}'],
		['JSON that is nothing', 'null', 'null'],
		['plain text', 'Upstream   timed\r\nout', 'Upstream timed out'],
		['XML without a message', '<error><status>400</status></error>', undefined],
		['a web page', '<html><body>Sign in</body></html>', undefined],
		['a doctype', '<!DOCTYPE html><html/>', undefined],
		['broken XML', '<error><message>x', undefined],
		['nothing', '', undefined],
		['white space', ' \n', undefined],
	])('reads %s', (_case, body, expected) => {
		expect(siteMessage(body, [])).toBe(expected);
	});

	it('is short', () => {
		expect(siteMessage('word '.repeat(5000), [])).toBe('word '.repeat(40));
	});

	it.each([
		'Bearer abc.def-ghi',
		'bearer abc',
		'Basic dXNlcjpwYXNz',
		'tkn_key_1704067200_=admin_6709ae6a',
		'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
	])('hides %s', (secret) => {
		expect(siteMessage(`Got "${secret}" here`, [])).toMatch(/^Got "\[hidden\]"? here$/);
		expect(siteMessage(`<error><message>Got ${secret} here</message></error>`, [])).toBe(
			'Got [hidden] here',
		);
	});

	it('looks at the beginning of a message of megabytes only', () => {
		expect(siteMessage(`No. ${' '.repeat(2_000_000)}Then why?`, [])).toBe('No.');
		expect(siteMessage(`${' '.repeat(2_000_000)}Why?`, [])).toBeUndefined();
	});

	it('shows no part of a secret that stands where it stops to look', () => {
		const secret = 'the-secret-of-the-site';
		for (let before = 16_384 - secret.length; before <= 16_384; before++) {
			const told = siteMessage(`No. ${' '.repeat(before - 4)}${secret}${' x'.repeat(50)}`, [
				secret,
			]);
			expect(told).toMatch(/^No\.( \[hidden\])?$/);
		}
	});

	it('hides a secret that the limit would cut', () => {
		const told = siteMessage(`${'x '.repeat(95)} Bearer abcdefghijklmnop`, []);
		expect(told).not.toContain('Bear');
	});
});
