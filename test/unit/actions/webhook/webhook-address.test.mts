import type { IExecuteFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';

import type { ExpertSite } from '../../../../nodes/CxoneExpert/actions/core/site.ts';
import { OperationContext } from '../../../../nodes/CxoneExpert/actions/core/operation-context.ts';
import {
	addressOfOurs,
	webhookAddress,
} from '../../../../nodes/CxoneExpert/actions/webhook/this-n8n.ts';

/** A run in an n8n whose `$execution` is this. */
function runWith($execution: unknown): OperationContext {
	const n8n = {
		getWorkflowDataProxy: () => ({ $execution }),
	} as unknown as IExecuteFunctions;
	return new OperationContext(n8n, {} as ExpertSite, 0);
}

it.each([
	['https://n8n.example.com/webhook-waiting/231', 'https://n8n.example.com/webhook/'],
	['https://n8n.example.com/webhook-waiting/231?signature=a/b', 'https://n8n.example.com/webhook/'],
	['https://example.com/n8n/webhook-waiting/231', 'https://example.com/n8n/webhook/'],
	['http://localhost:5678/hold/__UNKNOWN__', 'http://localhost:5678/webhook/'],
])('from %s it is %s', (resumeUrl, address) => {
	expect(webhookAddress(runWith({ resumeUrl }))).toBe(address);
});

it.each([undefined, {}, { resumeUrl: '' }, { resumeUrl: 'webhook-waiting/1' }])(
	'is asked for when n8n tells %j',
	($execution) => {
		expect(() => webhookAddress(runWith($execution))).toThrow('does not say at which address');
	},
);

it('is what was entered, where something was', () => {
	const resumeUrl = 'https://n8n.example.com/webhook-waiting/231';
	const entered = ' https://hooks.example.com/in ';
	expect(addressOfOurs(runWith({ resumeUrl }), entered)).toBe('https://hooks.example.com/in');
	expect(addressOfOurs(runWith(undefined), entered)).toBe('https://hooks.example.com/in');
	for (const nothing of ['', ' ', undefined, null]) {
		expect(addressOfOurs(runWith({ resumeUrl }), nothing)).toBe('https://n8n.example.com/webhook/');
	}
	for (const odd of ['hooks', 'https://', 'ftp://hooks.example.com']) {
		expect(() => addressOfOurs(runWith({ resumeUrl }), odd)).toThrow('is not a web address');
	}
});
