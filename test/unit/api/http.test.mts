import type { IHookFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { sendFromNode } from '../../../nodes/CxoneExpert/api/http.ts';

/** What n8n throws when there is no answer, by version. */
it.each([
	['in n8n 2.41', { cause: { code: 'ECONNRESET' } }, 'ECONNRESET'],
	['in n8n 2.8', { httpCode: 'ECONNABORTED', messages: ['timeout exceeded'] }, 'ECONNABORTED'],
	['when only its words tell', { message: 'The request timed out' }, 'ETIMEDOUT'],
	['when nothing tells', { httpCode: null, message: 'socket hang up' }, ''],
	['when an answer had a status after all', { httpCode: '500' }, ''],
])('the reason why there was no answer is found %s', async (_when, error, networkCode) => {
	const helpers = { httpRequestWithAuthentication: () => Promise.reject(error) };
	const context = { helpers } as unknown as IHookFunctions;
	const send = sendFromNode(context, 'https://help.example.com');
	const answer = await send({ method: 'GET', path: '/webhooks' }, 1000);
	expect(answer).toEqual({ status: 0, headers: {}, body: '', networkCode });
});

it('keeps all bytes of a file, and as text only what a message can be', async () => {
	const body = Buffer.alloc(1024 * 1024, 'a');
	const helpers = { httpRequestWithAuthentication: async () => ({ statusCode: 200, body }) };
	const context = { helpers } as unknown as IHookFunctions;
	const send = sendFromNode(context, 'https://help.example.com');
	const answer = await send({ method: 'GET', path: '/files/1', expects: 'file' }, 1000);
	expect(answer.bytes).toBe(body);
	expect(answer.body).toBe('a'.repeat(64 * 1024));
});
