import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	type ApiCall,
	type ApiResponse,
	ExpertClient,
	type HttpResponse,
	type Semaphore,
	readRoot,
	type Send,
} from '../../../nodes/CxoneExpert/api/client.ts';
import { errorOf } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { serialized } from '../../../nodes/CxoneExpert/trigger/semaphore.ts';

const LIST: ApiCall = { method: 'GET', path: '/webhooks', doing: 'list the webhooks' };
const CREATE: ApiCall = { method: 'POST', path: '/webhooks', doing: 'register the webhook' };
const START = Date.UTC(2026, 0, 30, 17, 0, 0);
const utc = (ms: number) => new Date(ms).toUTCString();

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
	const api = new ExpertClient(
		async (_call, timeout) => {
			sent.push({ at: Date.now() - START, timeout });
			if (callTakesMs > 0) await new Promise((resolve) => setTimeout(resolve, callTakesMs));
			return raw(responses[Math.min(sent.length, responses.length) - 1] ?? {});
		},
		[],
		{ budgetMs },
	);
	const call = async (what = LIST): Promise<ApiResponse> => {
		const result = api.call(what);
		result.catch(() => {});
		await vi.runAllTimersAsync();
		return await result;
	};
	return { api, call, sent };
}

const callWith = async (response: Partial<HttpResponse>) => await site([response]).call();

/** What a call throws. */
const errorWith = async (response: Partial<HttpResponse>) => await errorOf(callWith(response));

describe('ApiClient with a 2xx response', () => {
	const xml = { body: '<content>a</content>' };
	const file = { body: '<html>', bytes: Buffer.from('<html>') };
	const text = { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'a < b' };

	it.each([
		['file', 'a file without parsing it', file, raw(file)],
		['text', 'plain text without parsing it', text, raw(text)],
		['text', 'a parsed document', xml, { document: { name: 'content' } }],
	] as const)('ApiClient that expects a %s returns %s', async (expects, _what, given, expected) => {
		expect(await site([given]).call({ ...LIST, expects })).toMatchObject(expected);
	});

	it('ApiClient fails when a call expects text and the response has no content type', async () => {
		const read = site([{ ...text, headers: {} }]).call({ ...LIST, expects: 'text' });
		await expect(read).rejects.toMatchObject({ kind: 'unexpected' });
	});

	it.each(['', ' \n'])('ApiClient accepts a 201 response without a body (%j)', async (body) => {
		const response = raw({ status: 201, body });
		expect(await callWith(response)).toEqual(response);
	});

	it.each([
		['more than any call takes', { body: `<a>${' '.repeat(512 * 1024)}</a>` }, 'too-large'],
		['a truncated document', { body: '<webhooks><webhook>' }, 'unexpected'],
		['a web page', { body: '<!doctype html><html><p>Sign in</html>' }, 'html'],
	] as Array<[string, Partial<HttpResponse>, string]>)(
		'ApiClient fails when a 200 response contains %s',
		async (_case, response, kind) => {
			expect(await errorWith(response)).toMatchObject({ kind, status: 200 });
		},
	);
});

describe('ApiClient that fails', () => {
	it.each([
		['ETIMEDOUT', 'timeout'],
		['ECONNREFUSED', 'unreachable'],
		[undefined, 'unreachable'],
	])('ApiClient says why there is no response (%s)', async (networkCode, kind) => {
		const response = networkCode === undefined ? { status: 0 } : { status: 0, networkCode };
		expect(await errorWith(response)).toMatchObject({ kind });
	});

	it.each([301, 308])('ApiClient reports redirect %i and does not follow it', async (status) => {
		const headers = { location: 'https://other.example/a?signature=s3cret' };
		const { call, sent } = site([{ status, headers }]);
		const error = await errorOf(call());
		expect(error).toMatchObject({ kind: 'redirect', status });
		expect(JSON.stringify(error)).not.toContain('s3cret');
		expect(sent).toHaveLength(1);
	});

	it.each([
		[404, 'html'],
		[403, 'http-status'],
		[500, 'http-status'],
	])('ApiClient reports a web page of status %i as "%s" without quoting it', async (status, kind) => {
		const error = await errorWith({ status, body: '<html><body>secret page</body></html>' });
		expect(error).toMatchObject({ kind, status, isRefusal: false });
		expect(error?.text).not.toContain('secret page');
	});
});

describe('what the site said', () => {
	/** As a message repeats it. */
	async function said(body: string): Promise<string | undefined> {
		const api = new ExpertClient(async () => raw({ status: 500, body }), []);
		const error = await errorOf(api.call(LIST));
		return error?.description.split(' The site said: ')[1];
	}

	it.each([
		[
			'the error body of newer API calls',
			`<error><exception>X</exception><message>The parameter 'to' is missing.</message><resource>r</resource></error>`,
			`The parameter 'to' is missing.`,
		],
		['JSON with a message', '{"status":"400","message":"Cannot parse it"}', 'Cannot parse it'],
		['JSON without a message', '{"status":400}', '{"status":400}'],
		['broken XML as no message', '<error><message>x', undefined],
		['plain text', 'Upstream   timed\r\nout', 'Upstream timed out'],
		['XML without a message as no message', '<error><status>400</status></error>', undefined],
		['a web page as no message', '<html><body>Sign in</body></html>', undefined],
	])('what the site said in %s is read', async (_case, body, expected) => {
		expect(await said(body)).toBe(expected);
	});
});

describe('ApiClient: retries', () => {
	const ok = { body: '<webhooks/>' };

	it.each([0, 200, 302, 400, 401, 403, 404, 408, 409, 410, 500, 502, 504])(
		'ApiClient does not retry after %i, because the work may have been done',
		async (status) => {
			const { call, sent } = site([ok, { status }]);
			await call();
			await errorOf(call(CREATE));
			expect(sent).toHaveLength(2);
		},
	);

	it.each([true, false])('ApiClient retries only if mayRepeat allows it (%s)', async (may) => {
		const { call, sent } = site([{ status: 503 }, ok]);
		const error = await errorOf(call({ ...CREATE, mayRepeat: async () => may }));
		expect(error?.status).toBe(may ? undefined : 503);
		expect(sent).toHaveLength(may ? 2 : 1);
	});

	it('ApiClient doubles the pause before each of three retries when there is no Retry-After', async () => {
		const { call, sent } = site([{ status: 503, headers: {} }]);
		await expect(call()).rejects.toMatchObject({ kind: 'http-status', status: 503 });
		expect(sent.map(({ at }) => at)).toEqual([0, 500, 1500, 3500]);
	});

	it.each([
		['seconds', '2', 2000],
		['a date', utc(START + 3000), 3000],
		['a date by the clock of the site', utc(START + 600_000), 3000, utc(START + 597_000)],
		['an unreadable value counts as none', 'soon', 500],
	])('ApiClient waits as long as Retry-After asks: %s', async (_case, retryAfter, pause, date?) => {
		const headers = { 'retry-after': retryAfter, date };
		const { call, sent } = site([{ status: 429, headers }, ok]);
		await call();
		expect(sent.map(({ at }) => at)).toEqual([0, pause]);
	});

	it.each(['11', '999999', utc(START + 86_400_000)])(
		'ApiClient does not retry when Retry-After asks for too long a pause (%s)',
		async (retryAfter) => {
			const { call, sent } = site([{ status: 503, headers: { 'retry-after': retryAfter } }, ok]);
			await expect(call()).rejects.toMatchObject({ status: 503 });
			expect(sent).toHaveLength(1);
		},
	);
});

it.each<[string, Partial<HttpResponse>, number | undefined]>([
	['429', { status: 429, headers: { 'retry-after': '600' } }, 600_000],
	['500', { status: 500, headers: { 'retry-after': '600' } }, undefined],
])('ApiClient says for how long the site wants to be left alone: %s', async (_case, response, ms) => {
	expect(await errorWith(response)).toMatchObject({ status: response.status, retryAfterMs: ms });
});

it.each([
	['was cut off', { body: '', isTooLarge: true }, 1024],
	['is longer than the call allows', { body: '<webhooks/>' }, 10],
])('ApiClient reads nothing of a response that %s', async (_case, response, maxBytes) => {
	const read = site([response]).call({ ...LIST, maxBytes });
	await expect(read).rejects.toMatchObject({ kind: 'too-large', status: 200 });
});

it('ApiClient takes what the site says without control characters, which a terminal would obey', async () => {
	const headers = { 'content-type': 'text/plain' };
	const error = await errorWith({ status: 400, headers, body: 'No\u001B[31m \u202Esuch\n page' });
	expect(error?.siteMessage).toBe('No?[31m ?such page');
});

describe('ApiClient: time budget', () => {
	it('ApiClient leaves a later call the rest of the time budget, then nothing, whatever the wall clock says', async () => {
		const { call, sent } = site([{}], 7000, 4000);
		await call();
		vi.setSystemTime(Date.now() + 3_600_000);
		await call();
		vi.setSystemTime(Date.now() - 7_200_000);
		expect(sent.map(({ timeout }) => timeout)).toEqual([5000, 3000]);
		await expect(call()).rejects.toMatchObject({ kind: 'budget-exceeded' });
		expect(sent).toHaveLength(2);
	});

	it('ApiClient keeps to the time budget with calls that wait for each other', async () => {
		const sent: number[] = [];
		const send: Send = async (_call, timeout) => {
			sent.push(timeout);
			await new Promise((resolve) => setTimeout(resolve, timeout));
			return raw({ status: 0, networkCode: 'ETIMEDOUT' });
		};
		const limits = { timeoutMs: 5_000, maxDocumentChars: 1_000 };
		const semaphore: Semaphore = async (work) => await serialized('calls', work);
		const api = new ExpertClient(send, [], { budgetMs: 6_000, limits, semaphore });
		const kinds = Promise.all([1, 2, 3].map(async () => (await errorOf(api.call(LIST)))?.kind));
		await vi.runAllTimersAsync();
		expect(await kinds).toEqual(['timeout', 'timeout', 'budget-exceeded']);
		expect(sent).toEqual([5_000, 1_000]);
	});
});

it.each([
	['GET', 0, false],
	['POST', 0, true],
	['PUT', 200, true],
	['PUT', 500, true],
	['DELETE', 0, true],
	['POST', 403, false],
] as const)('mayHaveWritten after %s with %i is %s', async (method, status, expected) => {
	const { api, call } = site([{ status }]);
	expect(api.mayHaveWritten).toBe(false);
	await errorOf(call({ ...LIST, method }));
	expect(api.mayHaveWritten).toBe(expected);
	expect(api.hasTriedToWrite).toBe(method !== 'GET');
});

describe('siteTime', () => {
	const at = (date: unknown, status = 200) => ({ status, headers: { date } });

	it('siteTime is the time of the first successful response', async () => {
		const { api, call } = site([
			at('Fri, 30 Jan 2026 16:00:00 GMT', 500),
			at('Fri, 30 Jan 2026 16:59:45 GMT'),
			at('Fri, 30 Jan 2026 17:00:00 GMT'),
		]);
		await errorOf(call());
		expect(api.siteTime).toBeUndefined();
		await call();
		await call();
		expect(api.siteTime).toBe(1769792385000);
	});
});

it.each(['<pages/>', ''])('readRoot calls a success with %j unexpected', async (body) => {
	const error = await errorOf(readRoot(site([{ status: 201, body }]).api, LIST, 'page'));
	expect(error).toMatchObject({ kind: 'unexpected', status: 201 });
	expect(error?.message).toMatch(/ \(201\) while n8n tried to list the webhooks$/);
	expect(error?.description).toMatch(/^Missing in the response: page\. /);
});
