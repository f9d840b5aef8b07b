import { describe, expect, it } from 'vitest';

import {
	failureMessage,
	type ApiFailure,
	networkMessage,
	siteMessage,
} from '../../../nodes/CxoneExpert/shared/failure-messages.ts';

const FAILURES: ApiFailure[] = [
	{ kind: 'gave up' },
	{ kind: 'no answer' },
	{ kind: 'not reachable' },
	{ kind: 'redirect', status: 302 },
	{ kind: 'web page', status: 200 },
	{ kind: 'unexpected', status: 200 },
	{ kind: 'bad site' },
	{ kind: 'insecure site' },
	{ kind: 'no secret' },
	...[400, 401, 403, 404, 409, 410, 418, 429, 500, 502, 503].map(
		(status): ApiFailure => ({ kind: 'refused', status }),
	),
];

describe('adviceFor', () => {
	it.each(FAILURES)('$kind $status says what happened and what to do next', (failure) => {
		const { message, description } = failureMessage(failure, 'register the webhook');
		// What is wrong in the credential is so whatever was to be done.
		expect(message.includes('while n8n tried to register the webhook')).toBe(
			!['bad site', 'insecure site', 'no secret'].includes(failure.kind),
		);
		expect(description).toMatch(/\b(Check|Open|Enter|Wait|Give)\b/);
	});

	it.each(FAILURES)('$kind $status frightens nobody', (failure) => {
		const { message, description } = failureMessage(failure, 'register the webhook');
		expect(`${message} ${description}`).not.toMatch(/error|problem|failure|mistake/i);
	});

	it('tells the kinds apart', () => {
		const kinds = FAILURES.filter(({ kind }) => kind !== 'refused');
		const messages = kinds.map((failure) => failureMessage(failure, 'x').message);
		expect(new Set(messages).size).toBe(kinds.length);
	});

	it.each([
		[401, 'did not accept the token', 'run its test'],
		[403, 'did not allow', 'Admin role'],
		[403, 'did not allow', 'wrong or expired'],
		[403, 'did not allow', 'enable webhooks'],
		[404, 'did not find', 'Site URL'],
		[409, 'conflict', 'try again'],
		[429, 'slow down', 'Wait a minute'],
		[503, 'busy', 'Wait a minute'],
		[500, 'unexpected', 'NiCE support'],
	])('%i: "%s", "%s"', (status, what, next) => {
		const { message, description } = failureMessage({ kind: 'refused', status }, 'x');
		expect(message).toContain(what);
		expect(message).toContain(`(${status})`);
		expect(description).toContain(next);
	});

	it('adds what the site said, and no status where there was none', () => {
		const failure: ApiFailure = { kind: 'not reachable', detail: 'Nothing answers.' };
		const { message, description } = failureMessage(failure, 'list the webhooks');
		expect(message).toBe(
			'The Expert site could not be reached while n8n tried to list the webhooks',
		);
		expect(description).toMatch(/ Nothing answers\.$/);
	});
});

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

describe('networkMessage', () => {
	it.each([
		['ENOTFOUND', 'The name of the site is not known.'],
		['EAI_AGAIN', 'The name of the site is not known.'],
		['ECONNREFUSED', 'Nothing answers at that address.'],
		['ECONNRESET', 'The connection was cut.'],
		['EPIPE', 'The connection was cut.'],
		['CERT_HAS_EXPIRED', 'The certificate of the site is not trusted.'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'The certificate of the site is not trusted.'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of the site is not trusted.'],
		['EPROTO', 'The certificate of the site is not trusted.'],
		['ESOMETHING', undefined],
		['', undefined],
	])('%s: %s', (code, expected) => {
		expect(networkMessage(code)).toBe(expected);
	});
});
