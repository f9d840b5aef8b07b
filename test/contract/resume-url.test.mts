import { describe, expect, it } from 'vitest';

import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

/*
 * For Webhook: Check Health, which reads from it where this n8n receives webhooks, and for Change: Let
 * Through Once, to which its token names an execution and its retry. Both are action nodes, and n8n
 * tells them in no other way.
 */

type AdditionalKeys = (
	additional: object,
	mode: string,
	data: object | null,
) => { $execution: { resumeUrl: string } };

function resumeUrl(version: string, resumeToken?: string): URL {
	const { getAdditionalKeys } = n8nCode(version).package<{ getAdditionalKeys: AdditionalKeys }>(
		'n8n-core/dist/execution-engine/node-execution-context/utils/get-additional-keys',
	);
	const additional = {
		executionId: '42',
		webhookWaitingBaseUrl: 'https://n8n.example.com/prefix/webhook-waiting',
		formWaitingBaseUrl: 'https://n8n.example.com/prefix/form-waiting',
		variables: {},
	};
	const data = { resultData: { runData: {} }, ...(resumeToken && { resumeToken }) };
	return new URL(getAdditionalKeys(additional, 'webhook', data).$execution.resumeUrl);
}

describe.each(versions)('$execution.resumeUrl in n8n %s', (version) => {
	it(`n8n ${version} names its public address, "webhook-waiting" and the execution`, () => {
		expect(resumeUrl(version).pathname).toBe('/prefix/webhook-waiting/42');
		expect(new URL('../webhook/', resumeUrl(version)).href).toBe(
			'https://n8n.example.com/prefix/webhook/',
		);
	});

	it(`n8n ${version} ${version === newestN8n ? 'has' : 'has no'} token of the execution in it`, () => {
		const search = resumeUrl(version, 'token').search;
		expect(search.includes('token')).toBe(version === newestN8n);
	});
});
