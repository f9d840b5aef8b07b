import type { IHookFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ApiCall } from '../../../nodes/CxoneExpert/api/client.ts';
import { connect } from '../../../nodes/CxoneExpert/api/http.ts';

afterEach(() => void vi.useRealTimers());

const SITE = 'https://help.example.com';
const GET: ApiCall = { method: 'GET', path: '/webhooks', doing: 'list the webhooks' };

/** A node whose requests all get this response from n8n. */
function nodeContext(response: object) {
	const requests: unknown[][] = [];
	const helpers = {
		httpRequestWithAuthentication: async (...request: unknown[]) => {
			requests.push(request);
			return response;
		},
	};
	return { context: { helpers } as unknown as IHookFunctions, requests };
}

/** A node that sends its requests this way. */
function nodeThat(send: (type: string, options: IHttpRequestOptions) => unknown) {
	return { helpers: { httpRequestWithAuthentication: send } } as unknown as IHookFunctions;
}

describe('connect', () => {
	/** What n8n throws when there is no response, by version. */
	it.each([
		['as n8n 2.41 throws it', { cause: { code: 'ECONNRESET' } }, 'The connection was cut.'],
		['whose message alone names a timeout', { message: 'The request timed out' }, 'did not respond in time'],
		['with an HTTP status in its place', { httpCode: '500' }, 'certificate).'],
		[
			'of a certificate without its chain',
			{ cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
			'The certificate of the site is not trusted.',
		],
	])('connect keeps why there was no response of an error %s', async (_case, error, text) => {
		const secret = { config: { headers: { Authorization: 'Bearer the-token' } }, ...error };
		const api = connect(
			nodeThat(() => Promise.reject(secret)),
			{ siteUrl: SITE },
		);
		const thrown: Error = await api.call(GET).then(
			() => Promise.reject(new Error('no error')),
			(reason: Error) => reason,
		);
		expect(thrown).toMatchObject({ text: expect.stringContaining(text) });
		expect(JSON.stringify([thrown, thrown.message, thrown.stack])).not.toContain('the-token');
		expect(thrown.cause).toBeUndefined();
	});

	it('connect gives up in time on a response that never ends, and ends the request', async () => {
		let signal: AbortSignal | undefined;
		const httpRequestWithAuthentication = async (_type: string, options: IHttpRequestOptions) => {
			signal = options.abortSignal as AbortSignal;
			return await new Promise(() => {});
		};
		vi.useFakeTimers();
		const api = connect(nodeThat(httpRequestWithAuthentication), { siteUrl: SITE });
		const call = api.call({ ...GET, timeoutMs: 20 });
		await Promise.all([expect(call).rejects.toMatchObject({ kind: 'timeout' }), vi.advanceTimersByTimeAsync(20)]);
		expect(signal?.aborted).toBe(true);
	});

	it.each([
		['a download', { method: 'GET', path: '/files/1', expects: 'file' }],
		['an upload', { method: 'PUT', path: '/files/1', body: Buffer.from('x') }],
	] as const)('connect gives %s more time, as long as bytes come', async (_case, call) => {
		const httpRequestWithAuthentication = async (_type: string, { timeout }: IHttpRequestOptions) => {
			await new Promise((resolve) => setTimeout(resolve, 3 * timeout!));
			return { statusCode: 200, body: '' };
		};
		vi.useFakeTimers();
		const api = connect(nodeThat(httpRequestWithAuthentication), { siteUrl: SITE });
		const response = api.call({ ...GET, ...call, timeoutMs: 20 });
		await vi.advanceTimersByTimeAsync(60);
		expect(await response).toMatchObject({ status: 200 });
	});

	describe('connect with a limit of size', () => {
		/** Pieces of four bytes; `wasEnded` as soon as nobody reads on. */
		function pieces(...texts: Array<string | Buffer>) {
			const told = { read: 0, wasEnded: false };
			async function* stream() {
				try {
					for (const text of texts) {
						told.read++;
						yield Buffer.from(text);
					}
				} finally {
					told.wasEnded = true;
				}
			}
			return { told, stream };
		}

		function send(maxBytes: number, ...texts: Array<string | Buffer>) {
			const { told, stream } = pieces(...texts);
			const headers = { 'content-type': 'text/plain' };
			const { context, requests } = nodeContext({ statusCode: 200, headers, body: stream() });
			const api = connect(context, { siteUrl: SITE });
			const sent = api.call({ ...GET, expects: 'text', maxBytes });
			return { told, sent, requests };
		}

		it('connect downloads no more of a response than the call allows', async () => {
			const { told, sent } = send(8, 'four', 'four', 'four', 'four');
			await expect(sent).rejects.toMatchObject({ kind: 'too-large' });
			expect(told).toEqual({ read: 3, wasEnded: true });
		});

		it('connect gives the text of a response that is short enough', async () => {
			const [start, end] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
			const { sent, requests } = send(8, 'four', start, end, 'ur');
			expect(await sent).toMatchObject({ body: 'fourüur' });
			expect(requests[0]?.[1]).toMatchObject({ encoding: 'stream' });
		});
	});

	it.each([
		['XML by default', undefined, 'application/xml; charset=utf-8'],
		['the content type of the call', 'text/plain', 'text/plain'],
	])('connect sends a body as %s, and follows no redirect', async (_case, contentType, type) => {
		const { context, requests } = nodeContext({ statusCode: 200, headers: { Date: 'x' } });
		const api = connect(context, { siteUrl: `${SITE}/Guides` });
		const query = { limit: 1, active: true, q: 'a b' };
		const call: ApiCall = { ...GET, method: 'POST', body: '<a/>', query };
		const response = await api.call(contentType === undefined ? call : { ...call, contentType });
		expect(response.headers).toEqual({ date: 'x' });
		const request = {
			url: 'https://help.example.com/@api/deki/webhooks?limit=1&active=true&q=a+b&authenticate=true',
			method: 'POST',
			headers: { Accept: 'application/xml', 'Content-Type': type },
			body: '<a/>',
			timeout: 5000,
			abortSignal: expect.objectContaining({ aborted: false }),
			...{ encoding: 'text', json: false, returnFullResponse: true },
			...{ ignoreHttpStatusErrors: true, disableFollowRedirect: true },
		};
		const data = { siteUrl: `${SITE}/Guides` };
		const credential = { credentialsDecrypted: expect.objectContaining({ data }) as object };
		expect(requests).toEqual([['cxoneExpertApi', request, credential]]);
	});
});
