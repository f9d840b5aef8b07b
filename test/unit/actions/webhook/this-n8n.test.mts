import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { OperationContext } from '../../../../nodes/CxoneExpert/actions/operation.ts';
import type { ExpertSite } from '../../../../nodes/CxoneExpert/actions/site.ts';
import {
	addressOfOurs,
	beginsWith,
	expectedAuthorization,
	urlHere,
	webhookAddress,
} from '../../../../nodes/CxoneExpert/actions/webhook/this-n8n.ts';
import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-token.ts';

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

describe('urlHere', () => {
	const run = runWith({ resumeUrl: 'https://n8n.example.com/webhook-waiting/231' });

	it.each([
		['https://n8n.example.com/webhook/a/webhook', ''],
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
		['https://elsewhere.example.com/webhook/a', ''],
		['https://elsewhere.example.com/webhook/a', 'https://elsewhere.example.com/webhook/'],
		['https://n8n.example.com.evil.example/webhook/a', ''],
		['https://n8n.example.com:8443/webhook/a', 'https://n8n.example.com:8443/webhook/'],
		['http://n8n.example.com/webhook/a', 'http://n8n.example.com/webhook/'],
		['https://n8n.example.com/webhook-test/a', ''],
		['https://n8n.example.com/webhook/../rest/a', ''],
		['https://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/b'],
		['', ''],
		['no address', ''],
	])('urlHere: %j does not lead to this n8n, whatever is entered (%j)', (url, entered) => {
		expect(() => urlHere(run, url, entered)).toThrow('does not lead to this n8n');
	});

	it('urlHere refuses when n8n does not say where it receives webhooks', () => {
		const entered = 'https://n8n.example.com/webhook/';
		expect(() => urlHere(runWith({}), `${entered}a`, entered)).toThrow('does not say at which');
	});
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

const URL = 'https://n8n.example.com/webhook/a/webhook';

/** A site with this credential, and what it redacts from now on. */
function siteWith(credential: ExpertCredential) {
	const redacted: string[] = [];
	const redactFromNowOn = (authorization: string) => void redacted.push(authorization);
	return { site: { credential, redactFromNowOn } as unknown as ExpertSite, redacted };
}

it.each<[string, ExpertCredential]>([
	['that was entered', { deliveryToken: 'Bearer entered' }],
	['that is derived from the token', { longTermToken: 'the.j.wt' }],
])(
	'expectedAuthorization is the value %s, as the trigger has it, and is redacted',
	(_case, given) => {
		const { site, redacted } = siteWith(given);
		const authorization = expectedAuthorization(site, URL);
		expect(authorization).toBe(deliveryAuthorization(given, URL));
		expect(redacted).toEqual([authorization]);
	},
);
