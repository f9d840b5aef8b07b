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

/** A client whose site returns these responses in turn, the last one forever. */
function site(responses: Array<Partial<HttpResponse>>, budgetMs = 40_000, callTakesMs = 0) {
	const sent: Array<{ at: number; timeout: number }> = [];
	const api = createClient(
		async (_call, timeout) => {
			sent.push({ at: Date.now() - START, timeout });
			if (callTakesMs > 0) await new Promise((resolve) => setTimeout(resolve, callTakesMs));
			return raw(responses[Math.min(sent.length, responses.length) - 1] ?? {});
		},
		budgetMs,
		[],
	);
	const call = async (what = LIST): Promise<Result<ApiResponse>> => {
		const result = api.call(what);
		await vi.runAllTimersAsync();
		return await result;
	};
	return { api, call, sent };
}

const callWith = async (response: Partial<HttpResponse>) => await site([response]).call();

describe('ApiClient with a 2xx response', () => {
	it('ApiClient returns the parsed document of a 200 response', async () => {
		const body = '<webhooks><webhook><id>1</id></webhook></webhooks>';
		expect(await callWith({ body })).toEqual({
			ok: true,
			value: { ...raw({ body }), document: { name: 'webhooks', root: { webhook: [{ id: '1' }] } } },
		});
	});

	it('ApiClient returns a file without parsing it', async () => {
		const response = { body: '<html>', bytes: Buffer.from('<html>') };
		const call: ApiCall = { ...LIST, expects: 'file' };
		expect(await site([response]).call(call)).toEqual({ ok: true, value: raw(response) });
	});

	it('ApiClient returns plain text without parsing it, when a call expects text', async () => {
		const response = { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'a < b' };
		const call: ApiCall = { ...LIST, expects: 'text' };
		expect(await site([response]).call(call)).toEqual({ ok: true, value: raw(response) });
	});

	it('ApiClient fails when a call expects text and the response has no content type', async () => {
		const call: ApiCall = { ...LIST, expects: 'text' };
		expect(await site([{ headers: {}, body: 'a < b' }]).call(call)).toMatchObject({
			ok: false,
			failure: { kind: 'unexpected' },
		});
	});

	it('ApiClient parses XML when a call expects text', async () => {
		const body = '<content>a</content>';
		const call: ApiCall = { ...LIST, expects: 'text' };
		expect(await site([{ body }]).call(call)).toMatchObject({
			ok: true,
			value: { document: { name: 'content' } },
		});
	});

	it.each(['', ' \n'])('ApiClient accepts a 201 response without a body (%j)', async (body) => {
		const response = raw({ status: 201, body });
		expect(await callWith(response)).toEqual({ ok: true, value: response });
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
			'text with the content type of HTML',
			{ headers: { 'content-type': 'text/html; charset=utf-8' }, body: 'Sign in' },
			'html',
		],
	] as Array<[string, Partial<HttpResponse>, string]>)(
		'ApiClient fails when a 200 response contains %s',
		async (_case, response, kind) => {
			expect(await callWith(response)).toEqual({
				ok: false,
				failure: { kind, status: 200 },
			});
		},
	);
});

describe('ApiClient that fails', () => {
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
	])('ApiClient says why there is no response (%s)', async (networkCode, failure) => {
		const response = networkCode === undefined ? { status: 0 } : { status: 0, networkCode };
		expect(await callWith(response)).toEqual({ ok: false, failure });
	});

	it.each([301, 302, 303, 307, 308])(
		'ApiClient reports redirect %i and does not follow it',
		async (status) => {
			const { call, sent } = site([{ status, headers: { location: 'https://other.example' } }]);
			expect(await call()).toMatchObject({ ok: false, failure: { kind: 'redirect', status } });
			expect(sent).toHaveLength(1);
		},
	);

	it.each([
		['https://other.example/a', { location: 'https://other.example/a' }],
		[undefined, {}],
		[['https://other.example/a'], {}],
	])('ApiClient reports the redirect target %j only as text', async (location, expected) => {
		expect(await callWith({ status: 302, headers: { location } })).toEqual({
			ok: false,
			failure: { kind: 'redirect', status: 302, ...expected },
		});
	});

	it.each([400, 401, 403, 404, 409, 410, 500, 502])(
		'ApiClient reports status %i with the message of the site',
		async (status) => {
			const body = '<error><message>Not so</message></error>';
			expect(await callWith({ status, body })).toEqual({
				ok: false,
				failure: { kind: 'http-status', status, siteMessage: 'Not so' },
			});
		},
	);

	it('ApiClient reports a status whose response has no message', async () => {
		expect(await callWith({ status: 403 })).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 403 },
		});
	});

	it.each([
		[404, 'html'],
		[403, 'http-status'],
		[500, 'http-status'],
	])(
		'ApiClient reports a web page of status %i as "%s" without quoting it',
		async (status, kind) => {
			const result = await callWith({ status, body: '<html><body>secret page</body></html>' });
			expect(result).toEqual({ ok: false, failure: { kind, status, isWebPage: true } });
		},
	);

	it('ApiClient redacts a secret that the site repeats', async () => {
		const body = '<error><message>Bad token Bearer abc.def</message></error>';
		expect(JSON.stringify(await callWith({ status: 401, body }))).not.toContain('abc.def');
	});
});

describe('ApiClient: retries', () => {
	const ok = { body: '<webhooks/>' };

	it.each([429, 503])(
		'ApiClient retries after %i and returns the later response',
		async (status) => {
			const { call, sent } = site([{ status }, { status }, ok]);
			expect(await call()).toHaveProperty('ok', true);
			expect(sent).toHaveLength(3);
		},
	);

	it.each([0, 200, 302, 400, 401, 403, 404, 408, 409, 410, 500, 502, 504])(
		'ApiClient does not retry after %i, because the work may have been done',
		async (status) => {
			const { call, sent } = site([{ status }]);
			await call(CREATE);
			expect(sent).toHaveLength(1);
		},
	);

	it.each([true, false])('ApiClient retries only if mayRepeat allows it (%s)', async (may) => {
		const { call, sent } = site([{ status: 503 }, ok]);
		const result = await call({ ...CREATE, mayRepeat: async () => may });
		expect(result).toHaveProperty('ok', may);
		expect(sent).toHaveLength(may ? 2 : 1);
	});

	it('ApiClient stops retrying after four attempts', async () => {
		const { call, sent } = site([{ status: 503 }]);
		expect(await call()).toMatchObject({
			ok: false,
			failure: { kind: 'http-status', status: 503 },
		});
		expect(sent).toHaveLength(4);
	});

	it('ApiClient doubles the pause before each retry when there is no Retry-After', async () => {
		const { call, sent } = site([{ status: 503, headers: {} }]);
		await call();
		expect(sent.map(({ at }) => at)).toEqual([0, 500, 1500, 3500]);
	});

	it.each([
		['seconds', '2', 2000],
		['zero seconds', '0', 0],
		['the longest pause allowed', '10', 10_000],
		['a date', new Date(START + 3000).toUTCString(), 3000],
		['a date in the past', new Date(START - 3000).toUTCString(), 0],
		['an unreadable value counts as none', 'soon', 500],
	])('ApiClient waits as long as Retry-After asks: %s', async (_case, retryAfter, pause) => {
		const { call, sent } = site([{ status: 429, headers: { 'retry-after': retryAfter } }, ok]);
		expect(await call()).toHaveProperty('ok', true);
		expect(sent.map(({ at }) => at)).toEqual([0, pause]);
	});

	it.each(['11', '999999', new Date(START + 86_400_000).toUTCString()])(
		'ApiClient does not retry when Retry-After asks for too long a pause (%s)',
		async (retryAfter) => {
			const { call, sent } = site([{ status: 503, headers: { 'retry-after': retryAfter } }, ok]);
			expect(await call()).toMatchObject({ ok: false, failure: { status: 503 } });
			expect(sent).toHaveLength(1);
		},
	);
});

describe('ApiClient with Retry-After', () => {
	it.each([
		['429', { status: 429 }],
		['503', { status: 503 }],
		['the 429 of a firewall', { status: 429, body: '<html></html>' }],
	])('ApiClient says for how long the site wants to be left alone: %s', async (_case, response) => {
		const headers = { 'retry-after': '600' };
		expect(await callWith({ ...response, headers })).toMatchObject({
			failure: { status: response.status, retryAfterMs: 600_000 },
		});
	});

	it.each([
		['without the header', { status: 503 }],
		['with a header that says nothing', { status: 503, headers: { 'retry-after': 'soon' } }],
		['of another kind', { status: 500, headers: { 'retry-after': '600' } }],
	])('ApiClient names no pause after a response %s', async (_case, response) => {
		const result = await callWith(response);
		expect(result.ok || 'retryAfterMs' in result.failure).toBe(false);
	});
});

describe('ApiClient with a limit of size', () => {
	const body = '<webhooks/>';

	it.each([
		['was cut off', { body: '', isTooLarge: true }, 1024],
		['is longer than the call allows', { body }, body.length - 1],
	])('ApiClient reads nothing of a response that %s', async (_case, response, maxBytes) => {
		expect(await site([response]).call({ ...LIST, maxBytes })).toEqual({
			ok: false,
			failure: { kind: 'too-large', status: 200 },
		});
	});

	it('ApiClient says of a response of any call that it is too large', async () => {
		const tooLong = `<webhooks>${' '.repeat(512 * 1024)}</webhooks>`;
		expect(await callWith({ body: tooLong })).toMatchObject({ failure: { kind: 'too-large' } });
	});

	it('ApiClient reads a response as long as the call allows', async () => {
		expect(await site([{ body }]).call({ ...LIST, maxBytes: body.length })).toHaveProperty(
			'ok',
			true,
		);
	});
});

describe('createClient: time budget', () => {
	it('ApiClient sets a timeout of five seconds', async () => {
		const { call, sent } = site([{}]);
		await call();
		expect(sent[0]?.timeout).toBe(5000);
	});

	it('ApiClient leaves a later call the rest of the time budget, then nothing', async () => {
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
	])('ApiClient keeps its time budget when the wall clock is set %s', async (_way, ms) => {
		const { call, sent } = site([{}], 7000, 4000);
		await call();
		vi.setSystemTime(Date.now() + ms);
		await call();
		expect(sent.map(({ timeout }) => timeout)).toEqual([5000, 3000]);
		expect(await call()).toMatchObject({ failure: { kind: 'budget-exceeded' } });
	});

	it('ApiClient does not start a pause that exceeds the time budget', async () => {
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
	] as const)('mayHaveWritten after %s is %s', async (method, expected) => {
		const { api, call } = site([{ status: 0 }]);
		expect(api.mayHaveWritten).toBe(false);
		await call({ ...LIST, method });
		expect(api.mayHaveWritten).toBe(expected);
	});

	it('mayHaveWritten stays false when no time was left to send', async () => {
		const { api, call } = site([{}], 0);
		await call(CREATE);
		expect(api.mayHaveWritten).toBe(false);
	});
});
