import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import type { ExpertSite } from '../../../../nodes/CxoneExpert/actions/core/site.ts';
import { OperationContext } from '../../../../nodes/CxoneExpert/actions/core/operation-context.ts';
import {
	addressOfOurs,
	beginsWith,
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
])('webhookAddress derived from %s is %s', (resumeUrl, address) => {
	expect(webhookAddress(runWith({ resumeUrl }))).toBe(address);
});

it.each([undefined, {}, { resumeUrl: '' }, { resumeUrl: 'webhook-waiting/1' }])(
	'webhookAddress refuses when n8n gives %j',
	($execution) => {
		expect(() => webhookAddress(runWith($execution))).toThrow('does not say at which address');
	},
);

it('addressOfOurs is the entered address, if any', () => {
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

describe('beginsWith', () => {
	it.each([
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook/'],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook'],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com'],
		['https://n8n.example.com/webhook/a/webhook', 'https://N8N.example.com:443/webhook/a/webhook'],
	])('beginsWith: %s begins with %s', (url, address) => {
		expect(beginsWith(url, address)).toBe(true);
	});

	it.each([
		['https://n8n.example.com/webhook-test/a', 'https://n8n.example.com/webhook'],
		['https://n8n.example.com/webhook/ab', 'https://n8n.example.com/webhook/a'],
		['https://n8n.example.com.evil.example/webhook/a', 'https://n8n.example.com'],
		['http://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/'],
		['', 'https://n8n.example.com/webhook/'],
	])('beginsWith: %s does not begin with %s', (url, address) => {
		expect(beginsWith(url, address)).toBe(false);
	});
});
