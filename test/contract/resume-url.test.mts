import { expect, it } from 'vitest';

import { n8nCode, versions } from '../support/contract/n8n-code.mts';

/*
 * For Webhook: Check Health, which reads from it where this n8n receives webhooks: n8n tells an action
 * node in no other way.
 */

type AdditionalKeys = (additional: object, mode: string, data: object | null) => { $execution: { resumeUrl: string } };

it.each(versions)(
	'$execution.resumeUrl of n8n %s names its public address, "webhook-waiting" and the execution',
	(version) => {
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
		const { resumeUrl } = getAdditionalKeys(additional, 'webhook', data).$execution;
		const { origin, pathname } = new URL(resumeUrl);
		expect(origin + pathname).toBe('https://n8n.example.com/prefix/webhook-waiting/42');
	},
);
