import { describe, expect, it } from 'vitest';
import type { IWebhookFunctions } from 'n8n-workflow';

import { BareResponse } from '../../nodes/CxoneExpert/n8n/response.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { requestThrough, type Watched } from '../support/contract/webhook-request.mts';

/** What n8n reports to us while it handles a request, and what the sender gets. */
async function intercepted(version: string, run: Watched['run']) {
	const reported: number[] = [];
	const warnings: string[] = [];
	const { status, body, headers } = await requestThrough(n8nCode(version), {
		webhook: async (_request, response) => {
			const delivery = new BareResponse({
				getResponseObject: () => response,
				logger: { warn: (line: string) => warnings.push(line) },
			} as unknown as IWebhookFunctions);
			delivery.interceptN8n((theirs) => {
				reported.push(theirs);
				delivery.send(theirs < 400 ? 200 : 503);
			});
			return { workflowData: [[{ json: {} }]] };
		},
		run,
	});
	expect(warnings).toEqual([]);
	return { reported, status, body, length: headers['content-length'] };
}

describe.each(versions)('the response of n8n %s', (version) => {
	const failing = async () => await Promise.reject(new Error('database is locked'));

	it.each([
		['below 400, when it has saved', async () => {}, 200, 200],
		['of 400 or above, when it has failed', failing, 500, 503],
	])(`n8n ${version} responds by setHeader and end, with a status %s`, async (_when, run, theirs, status) => {
		expect(await intercepted(version, run)).toEqual({
			reported: [theirs],
			...{ status, body: '', length: '0' },
		});
	});

	it(`n8n ${version} reports its own status also when the node has responded before`, async () => {
		const reported: number[] = [];
		const { status } = await requestThrough(n8nCode(version), {
			webhook: async (_request, response) => {
				const delivery = new BareResponse({
					getResponseObject: () => response,
				} as unknown as IWebhookFunctions);
				delivery.send(503);
				delivery.interceptN8n((theirs) => reported.push(theirs));
				return { workflowData: [[{ json: {} }]] };
			},
		});
		expect([status, reported]).toEqual([503, [200]]);
	});

	it(`n8n ${version} does not touch the response that a node gives after it has returned`, async () => {
		const returned = Promise.withResolvers<void>();
		const { status, body } = await requestThrough(n8nCode(version), {
			webhook: async (_request, response) => {
				void returned.promise.then(() => response.status(202).end());
				return { noWebhookResponse: true };
			},
			saveStaticData: returned.resolve,
		});
		expect([status, body]).toEqual([202, '']);
	});
});
