import type {
	ICredentialTestFunctions,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import {
	getAsAnybody,
	sendFromCredentialTest,
	sendFromNode,
} from '../../../nodes/CxoneExpert/api/http.ts';

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

describe('sendFromNode', () => {
	/** What n8n throws when there is no response, by version. */
	it.each([
		['as n8n 2.41 throws it', { cause: { code: 'ECONNRESET' } }, 'ECONNRESET'],
		[
			'as n8n 2.8 throws it',
			{ httpCode: 'ECONNABORTED', messages: ['timeout exceeded'] },
			'ECONNABORTED',
		],
		['whose message alone names a timeout', { message: 'The request timed out' }, 'ETIMEDOUT'],
		[
			'of a certificate without its chain',
			{ cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		],
		['that names no reason', { httpCode: null, message: 'socket hang up' }, ''],
		['with an HTTP status in its place', { httpCode: '500' }, ''],
	])(
		'sendFromNode reads the network code $2 from an error %s',
		async (_case, error, networkCode) => {
			const helpers = { httpRequestWithAuthentication: () => Promise.reject(error) };
			const context = { helpers } as unknown as IHookFunctions;
			const send = sendFromNode(context, 'https://help.example.com');
			const response = await send({ method: 'GET', path: '/webhooks' }, 1000);
			expect(response).toEqual({ status: 0, headers: {}, body: '', networkCode });
		},
	);

	it('sendFromNode keeps all bytes of a file, but decodes only the first 64 KiB as text', async () => {
		const body = Buffer.alloc(1024 * 1024, 'a');
		const helpers = { httpRequestWithAuthentication: async () => ({ statusCode: 200, body }) };
		const context = { helpers } as unknown as IHookFunctions;
		const send = sendFromNode(context, 'https://help.example.com');
		const response = await send({ method: 'GET', path: '/files/1', expects: 'file' }, 1000);
		expect(response.bytes).toBe(body);
		expect(response.body).toBe('a'.repeat(64 * 1024));
	});

	it('sendFromNode gives up in time on a response that never ends, and ends the request', async () => {
		let signal: AbortSignal | undefined;
		const httpRequestWithAuthentication = async (_type: string, options: IHttpRequestOptions) => {
			signal = options.abortSignal as AbortSignal;
			return await new Promise(() => {});
		};
		const context = { helpers: { httpRequestWithAuthentication } } as unknown as IHookFunctions;
		const send = sendFromNode(context, 'https://help.example.com');
		const response = await send({ method: 'GET', path: '/webhooks' }, 20);
		expect(response).toMatchObject({ status: 0, networkCode: 'ETIMEDOUT' });
		expect(signal?.aborted).toBe(true);
	});

	it.each([
		['a download', { method: 'GET', path: '/files/1', expects: 'file' }],
		['an upload', { method: 'PUT', path: '/files/1', body: Buffer.from('x') }],
	] as const)('sendFromNode gives %s more time, as long as bytes come', async (_case, call) => {
		const httpRequestWithAuthentication = async (
			_type: string,
			{ timeout }: IHttpRequestOptions,
		) => {
			await delay(3 * timeout!);
			return { statusCode: 200, headers: {}, body: '' };
		};
		const context = { helpers: { httpRequestWithAuthentication } } as unknown as IHookFunctions;
		const send = sendFromNode(context, 'https://help.example.com');
		expect(await send(call, 20)).toMatchObject({ status: 200 });
	});

	describe('sendFromNode with a limit of size', () => {
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

		async function sent(maxBytes: number, ...texts: Array<string | Buffer>) {
			const { told, stream } = pieces(...texts);
			const { context, requests } = nodeContext({ statusCode: 200, headers: {}, body: stream() });
			const send = sendFromNode(context, 'https://help.example.com');
			const response = await send({ method: 'GET', path: '/pages/home/find', maxBytes }, 1000);
			const [[, options]] = requests as [[string, IHttpRequestOptions]];
			return { told, response, options };
		}

		it('sendFromNode downloads no more of a response than the call allows', async () => {
			const { told, response } = await sent(8, 'four', 'four', 'four', 'four');
			expect(response).toEqual({ status: 200, headers: {}, body: '', isTooLarge: true });
			expect(told).toEqual({ read: 3, wasEnded: true });
		});

		it('sendFromNode gives the text of a response that is short enough', async () => {
			const [start, end] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
			const { response, options } = await sent(8, 'four', start, end, 'ur');
			expect(response).toEqual({ status: 200, headers: {}, body: 'fourüur' });
			expect(options.encoding).toBe('stream');
		});
	});

	it('sendFromNode does not end a request that got its response', async () => {
		const { context, requests } = nodeContext({ statusCode: 200, headers: {}, body: '' });
		const send = sendFromNode(context, 'https://help.example.com');
		expect(await send({ method: 'GET', path: '/webhooks' }, 1000)).toMatchObject({ status: 200 });
		const [[, options]] = requests as [[string, IHttpRequestOptions]];
		expect((options.abortSignal as AbortSignal).aborted).toBe(false);
	});

	it('sendFromNode calls the API of the site with the credential of the node', async () => {
		const { context, requests } = nodeContext({
			statusCode: 200,
			headers: { Date: 'x' },
			body: 'y',
		});
		const send = sendFromNode(context, 'https://help.example.com/Guides');
		const query = { limit: 1, active: true, q: 'a b' };
		expect(await send({ method: 'GET', path: '/webhooks', query }, 1000)).toEqual({
			status: 200,
			headers: { date: 'x' },
			body: 'y',
		});
		expect(requests).toEqual([
			[
				'cxoneExpertApi',
				{
					url: 'https://help.example.com/@api/deki/webhooks?limit=1&active=true&q=a+b',
					method: 'GET',
					headers: { Accept: 'application/xml' },
					timeout: 1000,
					abortSignal: expect.any(AbortSignal),
					encoding: 'text',
					json: false,
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
			],
		]);
	});

	it.each([
		['XML by default', undefined, 'application/xml; charset=utf-8'],
		['the content type of the call', 'text/plain', 'text/plain'],
	])('sendFromNode sends a body as %s', async (_case, contentType, expected) => {
		const { context, requests } = nodeContext({ statusCode: 200 });
		const send = sendFromNode(context, 'https://help.example.com');
		const type = contentType === undefined ? {} : { contentType };
		await send({ method: 'POST', path: '/webhooks', body: '<a/>', ...type }, 1000);
		expect(requests[0]?.[1]).toMatchObject({
			body: '<a/>',
			headers: { 'Content-Type': expected },
		});
	});

	it.each([
		['', 'EBADSITE'],
		[undefined, 'EBADSITE'],
		['http://help.example.com', 'EHTTPSITE'],
	])('sendFromNode sends nothing to the Site URL %j', async (siteUrl, networkCode) => {
		const { context, requests } = nodeContext({ statusCode: 200 });
		const response = await sendFromNode(context, siteUrl)({ method: 'GET', path: '/a' }, 1000);
		expect(response).toEqual({ status: 0, headers: {}, body: '', networkCode });
		expect(requests).toEqual([]);
	});
});

describe('getAsAnybody', () => {
	it('getAsAnybody sends no credential and follows no redirect', async () => {
		const requests: unknown[] = [];
		const bytes = Buffer.from('file');
		const helpers = {
			httpRequest: async (request: unknown) => {
				requests.push(request);
				return { statusCode: 200, headers: { ETag: '"1"' }, body: bytes };
			},
		};
		const context = { helpers } as unknown as IExecuteFunctions;
		expect(await getAsAnybody(context, 'https://files.example.com/a', 1000)).toEqual({
			status: 200,
			headers: { etag: '"1"' },
			body: 'file',
			bytes,
		});
		expect(requests).toEqual([
			expect.objectContaining({
				url: 'https://files.example.com/a',
				headers: { Accept: '*/*' },
				disableFollowRedirect: true,
			}),
		]);
	});

	it('getAsAnybody returns the network code when there is no response', async () => {
		const helpers = { httpRequest: () => Promise.reject({ code: 'ENOTFOUND' }) };
		const context = { helpers } as unknown as IExecuteFunctions;
		expect(await getAsAnybody(context, 'https://files.example.com/a', 1000)).toEqual({
			status: 0,
			headers: {},
			body: '',
			networkCode: 'ENOTFOUND',
		});
	});
});

describe('sendFromCredentialTest', () => {
	function credentialTest(respond: () => unknown, siteUrl = 'https://help.example.com') {
		const requests: unknown[] = [];
		const helpers = {
			request: async (request: unknown) => {
				requests.push(request);
				return respond();
			},
		};
		const context = { helpers } as unknown as ICredentialTestFunctions;
		return {
			send: sendFromCredentialTest(context, { siteUrl, longTermToken: 'the-token' }),
			requests,
		};
	}

	it('sendFromCredentialTest authenticates the request itself and follows no redirect', async () => {
		const { send, requests } = credentialTest(() => ({ statusCode: 403, body: 'no' }));
		expect(await send({ method: 'GET', path: '/users/current' }, 1000)).toEqual({
			status: 403,
			headers: {},
			body: 'no',
		});
		expect(requests).toEqual([
			{
				uri: 'https://help.example.com/@api/deki/users/current',
				method: 'GET',
				headers: { Accept: 'application/xml', Authorization: 'Bearer the-token' },
				timeout: 1000,
				resolveWithFullResponse: true,
				simple: false,
				followRedirect: false,
			},
		]);
	});

	it('sendFromCredentialTest returns only the network code of an error that holds the token', async () => {
		const { send } = credentialTest(() => {
			throw Object.assign(new Error('the-token'), { code: 'ECONNREFUSED' });
		});
		expect(await send({ method: 'GET', path: '/a' }, 1000)).toEqual({
			status: 0,
			headers: {},
			body: '',
			networkCode: 'ECONNREFUSED',
		});
	});

	it('sendFromCredentialTest sends nothing to a Site URL with http', async () => {
		const { send, requests } = credentialTest(() => ({}), 'http://help.example.com');
		expect(await send({ method: 'GET', path: '/a' }, 1000)).toMatchObject({
			networkCode: 'EHTTPSITE',
		});
		expect(requests).toEqual([]);
	});
});
