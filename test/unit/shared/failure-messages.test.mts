import { describe, expect, it } from 'vitest';

import type { ApiFailure } from '../../../nodes/CxoneExpert/api/failure.ts';
import {
	failureMessage,
	failureText,
	networkMessage,
} from '../../../nodes/CxoneExpert/shared/failure-messages.ts';

const FAILURES: ApiFailure[] = [
	{ kind: 'budget-exceeded' },
	{ kind: 'timeout' },
	{ kind: 'unreachable' },
	{ kind: 'redirect', status: 302 },
	{ kind: 'html', status: 200 },
	{ kind: 'unexpected', status: 200 },
	{ kind: 'bad-site' },
	{ kind: 'insecure-site' },
	...[400, 401, 403, 404, 409, 410, 418, 429, 500, 502, 503].map(
		(status): ApiFailure => ({ kind: 'http-status', status }),
	),
];

/** Each failure with its kind and status as a title. */
const TITLED_FAILURES = FAILURES.map((failure): [string, ApiFailure] => [
	[failure.kind, failure.status].join(' ').trim(),
	failure,
]);

const REGISTERING = { doing: 'register the webhook' };

describe('failureMessage', () => {
	it.each(TITLED_FAILURES)(
		'failureMessage of %s says what happened and what to do next',
		(_title, failure) => {
			const { message, description } = failureMessage(failure, REGISTERING);
			// These are wrong in the credential, whatever n8n was doing.
			expect(message.includes('while n8n tried to register the webhook')).toBe(
				!['bad-site', 'insecure-site'].includes(failure.kind),
			);
			expect(description).toMatch(/\b(Check|Open|Enter|Wait|Give)\b/);
			expect(`${message} ${description}`).not.toMatch(/error|problem|failure|mistake/i);
			expect(failureText(failure, REGISTERING)).toBe(`${message}. ${description}`);
		},
	);

	it('failureMessage adds nothing to a message that names the thing', () => {
		const named = { message: 'There is no page 42', description: 'Check the ID.' };
		const failure: ApiFailure = { kind: 'http-status', status: 404, siteMessage: 'Not here' };
		const doing = 'read page 42';
		const whole = failureMessage(failure, {
			doing,
			messages: { 404: { ...named, isWhole: true } },
		});
		expect(whole.message).toBe('There is no page 42');
		expect(whole.description).toBe('Check the ID. The site said: Not here');
		const part = failureMessage(failure, { doing, messages: { 404: named } });
		expect(part.message).toBe('There is no page 42 (404) while n8n tried to read page 42');
	});

	it('failureMessage differs for each kind of failure', () => {
		const kinds = FAILURES.filter(({ kind }) => kind !== 'http-status');
		const messages = kinds.map((failure) => failureMessage(failure).message);
		expect(new Set(messages).size).toBe(kinds.length);
	});

	it.each([
		[401, 'did not accept the token', 'run its test'],
		[403, 'did not allow', 'valid token whose user has the Admin role'],
		[403, 'did not allow', 'NiCE has enabled webhooks'],
		[404, 'did not find', 'Site URL'],
		[409, 'conflict', 'try again'],
		[429, 'slow down', 'Wait a minute'],
		[503, 'busy', 'Wait a minute'],
		[500, 'unexpected', 'NiCE support'],
	])('failureMessage of status %i says "%s" and advises "%s"', (status, what, next) => {
		const { message, description } = failureMessage({ kind: 'http-status', status });
		expect(message).toContain(what);
		expect(message).toContain(`(${status})`);
		expect(description).toContain(next);
	});

	it('failureMessage explains the network code and adds no status without a response', () => {
		const failure: ApiFailure = { kind: 'unreachable', networkCode: 'ECONNREFUSED' };
		const { message, description } = failureMessage(failure, { doing: 'list the webhooks' });
		expect(message).toBe(
			'The Expert site could not be reached while n8n tried to list the webhooks',
		);
		expect(description).toMatch(/ Nothing responds at that address\.$/);
	});

	it('failureMessage of a name that nobody has says what to check, and nothing else', () => {
		const failure: ApiFailure = { kind: 'unreachable', networkCode: 'ENOTFOUND' };
		const { message, description } = failureMessage(failure, { doing: 'list the webhooks' });
		expect(message).toBe('There is no site at the Site URL');
		expect(description).toMatch(/^Check the Site URL .* cannot look up its name\.$/);
	});

	it('failureMessage adds what the site said, then the detail', () => {
		const { description } = failureMessage({
			kind: 'http-status',
			status: 500,
			siteMessage: 'Not so',
			detail: 'The webhook may lack events now: page_create.',
		});
		expect(description).toMatch(
			/ The site said: Not so The webhook may lack events now: page_create\.$/,
		);
	});

	it('failureMessage names the task of the failure rather than that of the caller', () => {
		const failure: ApiFailure = { kind: 'timeout', task: 'add-event', subject: 'page_view' };
		const { message } = failureMessage(failure, { doing: 'read a page' });
		expect(message).toMatch(/ while n8n tried to add the event "page_view" to the webhook$/);
	});

	it('failureMessage prefers the message that the caller gives for a status', () => {
		const messages = { 409: { message: 'Taken', description: 'Choose another.' } };
		expect(failureMessage({ kind: 'http-status', status: 409 }, { messages })).toEqual({
			message: 'Taken (409)',
			description: 'Choose another.',
		});
	});

	it('failureMessage of a rejected token asks to enter it again, whatever was being done', () => {
		const { message, description } = failureMessage({ kind: 'anonymous' }, REGISTERING);
		expect(message).toBe('The site does not accept the token');
		expect(description).toContain('Enter the token again');
	});

	it.each([414, 431])('failureMessage of status %i says that the request is too long', (status) => {
		const { message, description } = failureMessage({ kind: 'http-status', status });
		expect(message).toContain('too long');
		expect(message).toContain(`(${status})`);
		expect(description).toContain('search text');
	});

	it('failureMessage does not show where a redirect leads', () => {
		const location = 'https://files.example.com/a?signature=s3cret';
		const { message, description } = failureMessage({ kind: 'redirect', status: 302, location });
		expect(`${message} ${description}`).not.toContain('s3cret');
	});
});

describe('networkMessage', () => {
	it.each([
		['ENOTFOUND', 'The host name is not known.'],
		['EAI_AGAIN', 'The host name is not known.'],
		['ECONNREFUSED', 'Nothing responds at that address.'],
		['ECONNRESET', 'The connection was cut.'],
		['EPIPE', 'The connection was cut.'],
		['CERT_HAS_EXPIRED', 'The certificate of the site is not trusted.'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'The certificate of the site is not trusted.'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'The certificate of the site is not trusted.'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of the site is not trusted.'],
		['EPROTO', 'The certificate of the site is not trusted.'],
		['ESOMETHING', undefined],
		['', undefined],
	])('networkMessage of %j is %s', (code, expected) => {
		expect(networkMessage(code)).toBe(expected);
	});
});
