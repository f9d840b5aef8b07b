import { describe, expect, it } from 'vitest';

import { n8nCode, versions } from '../support/contract/n8n-code.mts';

/*
 * For Webhook: Check Health, which reads from it where this n8n receives webhooks: n8n tells an action
 * node in no other way.
 */

type AdditionalKeys = (
	additional: object,
	mode: string,
	data: object | null,
) => { $execution: { resumeUrl: string } };

function resumeUrl(version: string): URL {
	const { getAdditionalKeys } = n8nCode(version).package<{ getAdditionalKeys: AdditionalKeys }>(
		'n8n-core/dist/execution-engine/node-execution-context/utils/get-additional-keys',
	);
	const additional = {
		executionId: '42',
		webhookWaitingBaseUrl: 'https://n8n.example.com/prefix/webhook-waiting',
		formWaitingBaseUrl: 'https://n8n.example.com/prefix/form-waiting',
		variables: {},
	};
	const data = { resultData: { runData: {} } };
	return new URL(getAdditionalKeys(additional, 'webhook', data).$execution.resumeUrl);
}

describe.each(versions)('$execution.resumeUrl in n8n %s', (version) => {
	it(`n8n ${version} names its public address, "webhook-waiting" and the execution`, () => {
		expect(resumeUrl(version).pathname).toBe('/prefix/webhook-waiting/42');
		expect(new URL('../webhook/', resumeUrl(version)).href).toBe(
			'https://n8n.example.com/prefix/webhook/',
		);
	});
});
