import type { IHookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { sendFromNode } from '../../../nodes/CxoneExpert/api/http.ts';

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
});
