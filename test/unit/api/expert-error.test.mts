import { describe, expect, it } from 'vitest';

import {
	asExpertError,
	errorOf,
	ExpertError,
	networkMessage,
	undefinedIfNotFound,
} from '../../../nodes/CxoneExpert/api/expert-error.ts';

type Facts = ConstructorParameters<typeof ExpertError>[0];

const FACTS: Facts[] = [
	{ kind: 'budget-exceeded' },
	{ kind: 'timeout' },
	{ kind: 'unreachable' },
	{ kind: 'redirect', status: 302 },
	{ kind: 'html', status: 200 },
	{ kind: 'unexpected', status: 200 },
	...[400, 401, 403, 404, 409, 410, 418, 429, 500, 502, 503].map((status): Facts => ({ kind: 'http-status', status })),
];

/** Each with its kind and status as a title. */
const TITLED = FACTS.map((facts): [string, Facts] => [[facts.kind, facts.status].join(' ').trim(), facts]);

const http = (status: number, more: Partial<Facts> = {}) => new ExpertError({ kind: 'http-status', status, ...more });

describe('the text of an ExpertError', () => {
	it.each(TITLED)('the text of %s says what happened, what n8n tried to do, and what to do next', (_title, facts) => {
		const error = new ExpertError({ ...facts, doing: 'register the webhook' });
		expect(error.message).toMatch(/ while n8n tried to register the webhook$/);
		expect(error.description).toMatch(/\b(Check|Open|Enter|Wait|Give|Run)\b/);
		expect(error.text).toBe(`${error.message}. ${error.description}`);
		expect(error.text).not.toMatch(/error|problem|failure|mistake/i);
	});

	it('the text adds nothing to a message that names the thing', () => {
		const named = { message: 'There is no page 42', description: 'Check the ID.' };
		const facts = { siteMessage: 'Not here', doing: 'read page 42' };
		const whole = http(404, { ...facts, messages: { 404: { ...named, isWhole: true } } });
		expect(whole.message).toBe('There is no page 42');
		expect(whole.description).toBe('Check the ID. The site said: Not here');
		const part = http(404, { ...facts, messages: { 404: named } });
		expect(part.message).toBe('There is no page 42 (404) while n8n tried to read page 42');
	});

	it('the text ends with what the site said, then the detail', () => {
		const detail = 'The webhook may lack events now: page_create.';
		const error = http(500, { siteMessage: 'Not so' }).with({ detail });
		expect(error).toMatchObject({ status: 500, detail });
		expect(error.description).toMatch(/ The site said: Not so The webhook may lack events now/);
	});

	it.each([400, 409])('the text of %i begins with the reason of the site', (status) => {
		const { message, description } = http(status, { siteMessage: 'No such section' });
		expect(message).not.toContain('unexpected');
		expect(description).toMatch(/^The site said: No such section\. /);
		expect(description).not.toMatch(/Site URL|NiCE/);
		const asked = http(status, { siteMessage: 'Is it so?' });
		expect(asked.description).toMatch(/^The site said: Is it so\? /);
	});
});

describe('what an ExpertError means', () => {
	it.each([
		[{ kind: 'http-status', status: 404 }, true],
		[{ kind: 'http-status', status: 410 }, true],
		[{ kind: 'http-status', status: 403 }, false],
		[{ kind: 'http-status', status: 500 }, false],
		// A web page of 404 comes from an address that is wrong.
		[{ kind: 'html', status: 404 }, false],
		[{ kind: 'timeout' }, false],
	] as Array<[Facts, boolean]>)('%j says that nothing is there: %s', async (facts, isNotFound) => {
		const error = new ExpertError(facts);
		const read = undefinedIfNotFound(Promise.reject(error));
		expect(await errorOf(read)).toBe(isNotFound ? undefined : error);
	});

	it.each([
		[{ kind: 'http-status', status: 400 }, false],
		[{ kind: 'http-status', status: 500 }, true],
		[{ kind: 'http-status', status: 503 }, true],
		[{ kind: 'timeout' }, true],
		[{ kind: 'unexpected', status: 200 }, true],
		[{ kind: 'anonymous' }, false],
		[{ kind: 'refused' }, false],
		[{ kind: 'redirect', status: 302 }, false],
	] as Array<[Facts, boolean]>)('after %j the work may have been done: %s', (facts, expected) => {
		expect(new ExpertError(facts).mayHaveBeenDone).toBe(expected);
	});
});

it('a fault of our own is thrown on', async () => {
	const fault = new TypeError('a fault');
	expect(() => asExpertError(fault)).toThrow(fault);
	await expect(undefinedIfNotFound(Promise.reject(fault))).rejects.toBe(fault);
	await expect(errorOf(Promise.reject(fault))).rejects.toBe(fault);
});

it.each([
	['ENOTFOUND', 'The host name is not known.'],
	['ECONNREFUSED', 'Nothing responds at that address.'],
	['ECONNRESET', 'The connection was cut.'],
	['CERT_HAS_EXPIRED', 'The certificate of the site is not trusted.'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of the site is not trusted.'],
	['EPROTO', 'The certificate of the site is not trusted.'],
	['ESOMETHING', undefined],
])('networkMessage of %j is %s', (code, expected) => {
	expect(networkMessage(code)).toBe(expected);
});
