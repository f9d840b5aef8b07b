import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	type ApiCall,
	type ApiResponse,
	createClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import type { Result } from '../../../nodes/CxoneExpert/api/result.ts';

const LIST: ApiCall = { method: 'GET', path: '/webhooks' };
const CREATE: ApiCall = { method: 'POST', path: '/webhooks' };
const START = Date.UTC(2026, 0, 30, 17, 0, 0);

beforeEach(() => {
	vi.useFakeTimers({ now: START });
});

afterEach(() => {
	vi.useRealTimers();
});

const raw = (changed: Partial<HttpResponse>): HttpResponse => ({
	status: 200,
	headers: { 'content-type': 'application/xml' },
	body: '',
	...changed,
});

/** An API whose site gives these answers in turn, the last one for ever. */
function site(answers: Array<Partial<HttpResponse>>, time = 40_000, callTakes = 0) {
	const sent: Array<{ at: number; timeout: number }> = [];
	const api = createClient(
		async (_call, timeout) => {
			sent.push({ at: Date.now() - START, timeout });
			if (callTakes > 0) await new Promise((resolve) => setTimeout(resolve, callTakes));
			return raw(answers[Math.min(sent.length, answers.length) - 1] ?? {});
		},
		time,
		[],
	);
	const call = async (what = LIST): Promise<Result<ApiResponse>> => {
		const result = api.call(what);
		await vi.runAllTimersAsync();
		return await result;
	};
	return { api, call, sent };
}

const answerTo = async (answer: Partial<HttpResponse>) => await site([answer]).call();

describe('a success', () => {
	it('gives the document', async () => {
		const body = '<webhooks><webhook><id>1</id></webhook></webhooks>';
		expect(await answerTo({ body })).toEqual({
			ok: true,
			value: { ...raw({ body }), document: { name: 'webhooks', root: { webhook: [{ id: '1' }] } } },
		});
	});

	it('is a file that nobody looks into, when a file was asked for', async () => {
		const answer = { body: '<html>', bytes: Buffer.from('<html>') };
		const call: ApiCall = { ...LIST, expects: 'file' };
		expect(await site([answer]).call(call)).toEqual({ ok: true, value: raw(answer) });
	});

	it.each(['', ' \n'])('may have no body (%j)', async (body) => {
		const answer = raw({ status: 201, body });
		expect(await answerTo(answer)).toEqual({ ok: true, value: answer });
	});

	it.each([
		['a truncated document', { body: '<webhooks><webhook>' }, 'unexpected'],
		['JSON', { body: '{"webhooks":[]}' }, 'unexpected'],
		['plain text', { body: 'OK' }, 'unexpected'],
		['a web page', { body: '<!doctype html><html><p>Sign in</html>' }, 'html'],
		['a web page that is XML', { body: '<html><p>Sign in</p></html>' }, 'html'],
		[
			'a web page with an XML declaration',
			{ body: '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p/></html>' },
			'html',
		],
		[
			'a web page by its content type',
			{ headers: { 'content-type': 'text/html; charset=utf-8' }, body: 'Sign in' },
			'html',
		],
	] as Array<[string, Partial<HttpResponse>, string]>)(
		'is none with %s',
		async (_case, answer, kind) => {
			expect(await answerTo(answer)).toEqual({
				ok: false,
				failure: { kind, status: 200 },
			});
		},
	);
});

describe('a failure', () => {
	it.each([
		['EBADSITE', { kind: 'bad-site' }],
		['EHTTPSITE', { kind: 'insecure-site' }],
		['ETIMEDOUT', { kind: 'timeout' }],
		['ECONNABORTED', { kind: 'timeout' }],
		['ESOCKETTIMEDOUT', { kind: 'timeout' }],
		['ECONNREFUSED', { kind: 'unreachable', networkCode: 'ECONNREFUSED' }],
		['CERT_HAS_EXPIRED', { kind: 'unreachable', networkCode: 'CERT_HAS_EXPIRED' }],
		['', { kind: 'unreachable' }],
		[undefined, { kind: 'unreachable' }],
	])('without an answer (%s)', async (networkCode, failure) => {
		const answer = networkCode === undefined ? { status: 0 } : { status: 0, networkCode };
		expect(await answerTo(answer)).toEqual({ ok: false, failure });
	});

	it.each([301, 302, 303, 307, 308])(
		'is a redirect (%i), which is not followed',
		async (status) => {
			const { call, sent } = site([{ status, headers: { location: 'https://other.example' } }]);
			expect(await call()).toMatchObject({ ok: false, failure: { kind: 'redirect', status } });
			expect(sent).toHaveLength(1);
		},
	);

	it.each([400, 401, 403, 404, 409, 410, 500, 502])(
		'is a status (%i) with its message',
		async (status) => {
			const body = '<error><message>Not so</message></error>';
			expect(await answerTo({ status, body })).toEqual({
				ok: false,
				failure: { kind: 'http-status', status, siteMessage: 'Not so' },
			});
		},
	);

	it('is a status without a message, too', async () => {
		expect(await answerTo({ status: 403 })).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 403 },
		});
	});

	it.each([
		[404, 'html'],
		[403, 'http-status'],
		[500, 'http-status'],
	])('of %i with a web page is "%s", and the page is not quoted', async (status, kind) => {
		const result = await answerTo({ status, body: '<html><body>secret page</body></html>' });
		expect(result).toEqual({ ok: false, failure: { kind, status } });
	});

	it('shows no secret that the site sends back', async () => {
		const body = '<error><message>Bad token Bearer abc.def</message></error>';
		expect(JSON.stringify(await answerTo({ status: 401, body }))).not.toContain('abc.def');
	});
});

describe('trying again', () => {
	const ok = { body: '<webhooks/>' };

	it.each([429, 503])('happens after %i, and gives the later answer', async (status) => {
		const { call, sent } = site([{ status }, { status }, ok]);
		expect(await call()).toHaveProperty('ok', true);
		expect(sent).toHaveLength(3);
	});

	it.each([0, 200, 302, 400, 401, 403, 404, 408, 409, 410, 500, 502, 504])(
		'does not happen after %i: the work may have been done',
		async (status) => {
			const { call, sent } = site([{ status }]);
			await call(CREATE);
			expect(sent).toHaveLength(1);
		},
	);

	it.each([true, false])('asks first whether it may (%s)', async (may) => {
		const { call, sent } = site([{ status: 503 }, ok]);
		const result = await call({ ...CREATE, mayRepeat: async () => may });
		expect(result).toHaveProperty('ok', may);
		expect(sent).toHaveLength(may ? 2 : 1);
	});

	it('ends after four tries', async () => {
		const { call, sent } = site([{ status: 503 }]);
		expect(await call()).toMatchObject({
			ok: false,
			failure: { kind: 'http-status', status: 503 },
		});
		expect(sent).toHaveLength(4);
	});

	it('waits longer each time when the site names no time', async () => {
		const { call, sent } = site([{ status: 503, headers: {} }]);
		await call();
		expect(sent.map(({ at }) => at)).toEqual([0, 500, 1500, 3500]);
	});

	it.each([
		['seconds', '2', 2000],
		['no seconds', '0', 0],
		['the longest that is waited for', '10', 10_000],
		['a date', new Date(START + 3000).toUTCString(), 3000],
		['a date that is over', new Date(START - 3000).toUTCString(), 0],
		['something odd, like nothing', 'soon', 500],
	])('waits as the site asks: %s', async (_case, retryAfter, pause) => {
		const { call, sent } = site([{ status: 429, headers: { 'retry-after': retryAfter } }, ok]);
		expect(await call()).toHaveProperty('ok', true);
		expect(sent.map(({ at }) => at)).toEqual([0, pause]);
	});

	it.each(['11', '999999', new Date(START + 86_400_000).toUTCString()])(
		'does not happen when the site asks for too long (%s)',
		async (retryAfter) => {
			const { call, sent } = site([{ status: 503, headers: { 'retry-after': retryAfter } }, ok]);
			expect(await call()).toMatchObject({ ok: false, failure: { status: 503 } });
			expect(sent).toHaveLength(1);
		},
	);
});

describe('the time for all calls', () => {
	it('is five seconds for one call at most', async () => {
		const { call, sent } = site([{}]);
		await call();
		expect(sent[0]?.timeout).toBe(5000);
	});

	it('leaves a later call only what is left, and then nothing', async () => {
		const { call, sent } = site([{}], 7000, 4000);
		await call();
		await call();
		expect(sent.map(({ timeout }) => timeout)).toEqual([5000, 3000]);
		expect(await call()).toEqual({
			ok: false,
			failure: { kind: 'budget-exceeded' },
		});
		expect(sent).toHaveLength(2);
	});

	it.each([
		['back', -3_600_000],
		['ahead', 3_600_000],
	])('is the same when the wall clock is set %s', async (_way, ms) => {
		const { call, sent } = site([{}], 7000, 4000);
		await call();
		vi.setSystemTime(Date.now() + ms);
		await call();
		expect(sent.map(({ timeout }) => timeout)).toEqual([5000, 3000]);
		expect(await call()).toMatchObject({ failure: { kind: 'budget-exceeded' } });
	});

	it('is not spent on a pause that would outlast it', async () => {
		const { call, sent } = site([{ status: 503, headers: { 'retry-after': '5' } }], 5000);
		expect(await call()).toMatchObject({
			ok: false,
			failure: { kind: 'http-status', status: 503 },
		});
		expect(sent).toHaveLength(1);
	});
});

describe('mayHaveWritten', () => {
	it.each([
		['GET', false],
		['POST', true],
		['PUT', true],
		['DELETE', true],
	] as const)('after %s is %s', async (method, expected) => {
		const { api, call } = site([{ status: 0 }]);
		expect(api.mayHaveWritten).toBe(false);
		await call({ ...LIST, method });
		expect(api.mayHaveWritten).toBe(expected);
	});

	it('stays false when there was no time left to send', async () => {
		const { api, call } = site([{}], 0);
		await call(CREATE);
		expect(api.mayHaveWritten).toBe(false);
	});
});
