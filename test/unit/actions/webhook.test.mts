import { describe, expect, it } from 'vitest';
import type { IExecuteFunctions } from 'n8n-workflow';

import { OperationContext } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import type { ExpertSite } from '../../../nodes/CxoneExpert/api/expert-site.ts';
import { addressOfOurs, urlHere, webhookAddress } from '../../../nodes/CxoneExpert/actions/webhook/own-address.ts';

/** A run in an n8n whose `$execution` is this. */
function runWith($execution: unknown): OperationContext {
	const n8n = {
		getWorkflowDataProxy: () => ({ $execution }),
	} as unknown as IExecuteFunctions;
	return new OperationContext(n8n, {} as ExpertSite, 0);
}

it.each([
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
	const run = runWith({ resumeUrl: 'https://n8n.example.com/webhook-waiting/231' });
	expect(addressOfOurs(run, ' https://hooks.example.com/in ')).toBe('https://hooks.example.com/in');
	for (const nothing of [' ', undefined]) expect(addressOfOurs(run, nothing)).toBe('https://n8n.example.com/webhook/');
	for (const odd of ['hooks', 'https://']) expect(() => addressOfOurs(run, odd)).toThrow('is not a web address');
});

describe('urlHere', () => {
	const run = runWith({ resumeUrl: 'https://n8n.example.com/webhook-waiting/231' });

	it.each([
		['https://N8N.example.com:443/webhook/a/webhook', ''],
		['https://someone:else@n8n.example.com/webhook/a/webhook', ''],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook/a'],
	])('urlHere: %s leads to this n8n, with the entered address %j', (url, entered) => {
		expect(urlHere(run, url, entered)).toBe('https://n8n.example.com/webhook/a/webhook');
	});

	it('urlHere takes another path for webhooks from the entered address', () => {
		const url = 'https://n8n.example.com/hooks/a/webhook?b=c';
		expect(() => urlHere(run, url, '')).toThrow('does not lead to this n8n');
		expect(urlHere(run, url, 'https://n8n.example.com/hooks/')).toBe(url);
	});

	it.each([
		['https://n8n.example.com.evil.example/webhook/a', ''],
		['https://n8n.example.com:8443/webhook/a', 'https://n8n.example.com:8443/webhook/'],
		['http://n8n.example.com/webhook/a', 'http://n8n.example.com/webhook/'],
		['https://n8n.example.com/webhook/../rest/a', ''],
		['https://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/b'],
		['', ''],
	])('urlHere: %j does not lead to this n8n, whatever is entered (%j)', (url, entered) => {
		expect(() => urlHere(run, url, entered)).toThrow('does not lead to this n8n');
	});
});
