import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { IWebhookFunctions } from 'n8n-workflow';

import { keepBodyUnparsed, readBody } from '../../nodes/CxoneExpert/n8n/raw-body.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { requestThrough } from '../support/contract/webhook-request.mts';

// Not what an XML reader would give back, and not valid UTF-8.
const BYTES = Buffer.from('\ufeff<event  a = "1">\r\n</event>\xff', 'latin1');

/** The bytes that the node reads, and what n8n had read before. */
async function readThrough(version: string, body: Buffer, headers: Record<string, string> = {}) {
	const before: unknown[] = [];
	let read: unknown;
	const response = await requestThrough(
		n8nCode(version),
		{
			webhook: async (request, response) => {
				before.push(request.rawBody, request.body);
				read = await readBody(
					{} as IWebhookFunctions,
					request as unknown as ReturnType<IWebhookFunctions['getRequestObject']>,
					performance.now() + 700,
				);
				response.status(200).end();
				return { noWebhookResponse: true };
			},
		},
		body,
		headers,
	);
	expect(response.status).toBe(200);
	return { before, read };
}

describe.each(versions)('the body in n8n %s', (version) => {
	it(`n8n ${version} leaves the body alone for the trigger and gives its exact bytes`, async () => {
		expect(await readThrough(version, BYTES)).toEqual({
			before: [undefined, undefined],
			read: BYTES,
		});
	});

	it(`n8n ${version} inflates a body for the node`, async () => {
		const { read } = await readThrough(version, gzipSync(BYTES), { 'content-encoding': 'gzip' });
		expect(read).toEqual(BYTES);
	});

	it(`n8n ${version} rejects a body above its limit by status or type`, async () => {
		const { read } = await readThrough(version, Buffer.alloc(17 * 1024 * 1024));
		expect(read).toEqual('body too large');
	});

	it.each([
		['without the hidden parameter', { parameters: { options: {} } }],
		['from typeVersion 1.1 on', { typeVersion: 1.1 }],
	])(`n8n ${version} parses the body itself %s`, async (_case, node) => {
		let parsed: unknown;
		await requestThrough(n8nCode(version), {
			node,
			webhook: async (request, response) => {
				parsed = request.body;
				response.end();
				return { noWebhookResponse: true };
			},
		});
		expect(parsed).toEqual({ event: '' });
		expect(keepBodyUnparsed.default).toEqual({ binaryData: true });
	});
});
