import { describe, expect, it } from 'vitest';

import {
	addressFault,
	deliveryFault,
	isPublicHost,
	proofFault,
} from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/faults.ts';
import type { TestOutcome } from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/send.ts';
import type { HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { testReport } from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/report.ts';
import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';

const SITE = 'https://help.example.com';
const SIMULATOR = 'http://127.0.0.1:4000';

describe('addressFault', () => {
	it.each([
		['https://n8n.example.com/webhook/a/webhook', SITE],
		['https://n8n.example.com/webhook/a/webhook', SIMULATOR],
		['http://127.0.0.1:5678/webhook/a/webhook', SIMULATOR],
		['https://n8n.local/webhook/a/webhook', SIMULATOR],
	])('addressFault finds nothing wrong with %s for a site at %s', (url, site) => {
		expect(addressFault(url, site)).toBeUndefined();
	});

	it.each([
		['http://n8n.example.com/webhook/a/webhook', SITE, 'begins with http'],
		['http://n8n.example.com/webhook/a/webhook', SIMULATOR, 'begins with http'],
		['http://192.168.0.2/webhook/a/webhook', SIMULATOR, 'begins with http'],
		['http://127.0.0.1:5678/webhook/a/webhook', SITE, 'begins with http'],
		['http://127.0.0.1:5678/webhook/a/webhook', undefined, 'begins with http'],
		['https://n8n.local/webhook/a/webhook', SITE, '"n8n.local" is no public address'],
		['https://127.0.0.1/webhook/a/webhook', SITE, '"127.0.0.1" is no public address'],
	])('addressFault says what is wrong with %s for a site at %s', (url, site, problem) => {
		expect(addressFault(url, site)).toMatchObject({
			stage: 'address',
			problem: expect.stringContaining(problem),
			whatToDo: expect.stringContaining('WEBHOOK_URL'),
		});
	});
});

function outcome(response: Partial<HttpResponse>, more: Partial<TestOutcome> = {}): TestOutcome {
	const whole = { status: 200, headers: {}, body: '', ...response };
	return { deliveryId: 'd-1', response: whole, responseMs: 40, ...more };
}

const verified = { headers: { 'x-cxone-expert-verified': 'token, signature' } };
const n8n404 = '{"code":404,"message":"The requested webhook \\"POST a\\" is not registered."}';
const page = '<html>page</html>';

describe('proofFault', () => {
	const asked = (response: Partial<HttpResponse>, isProven = false) => ({
		...outcome(response),
		isProven,
	});

	it('proofFault finds nothing wrong with a trigger that has shown that it is there', () => {
		expect(proofFault(asked({ status: 401 }, true))).toBeUndefined();
	});

	it.each([
		['a 401 without the proof', { status: 401 }, 'headers', 'the same CXone Expert API credential'],
		['a claim to have verified it', verified, 'trigger', 'another workflow'],
		['no response', { status: 0, networkCode: 'ECONNREFUSED' }, 'connection', 'firewall'],
		['n8n without the workflow', { status: 404, body: n8n404 }, 'trigger', 'Publish the workflow'],
		['a sign-in', { status: 401, body: page }, 'trigger', 'sign-in'],
		['a busy n8n', { status: 503 }, 'trigger', 'Sizing'],
	])('proofFault says what to do about %s', (_case, response, stage, whatToDo) => {
		expect(proofFault(asked(response))).toMatchObject({
			stage,
			whatToDo: expect.stringContaining(whatToDo),
		});
	});
});

describe('deliveryFault', () => {
	it('deliveryFault finds nothing wrong with what the trigger accepts in time', () => {
		expect(deliveryFault(outcome(verified, { responseMs: 999 }), true)).toBeUndefined();
	});

	it('deliveryFault says that a response after a second is too late', () => {
		expect(deliveryFault(outcome(verified, { responseMs: 1000 }), true)).toMatchObject({
			stage: 'time',
			problem: expect.stringContaining('took 1000 ms'),
		});
	});

	it.each([
		['ENOTFOUND', 'connection', 'host name is not known'],
		['EAI_AGAIN', 'connection', 'host name is not known'],
		['ECONNREFUSED', 'connection', 'Nothing responds'],
		['ECONNRESET', 'connection', 'was cut'],
		['ETIMEDOUT', 'connection', 'within 10 seconds'],
		['ECONNABORTED', 'connection', 'within 10 seconds'],
		['', 'connection', 'could not connect'],
		[undefined, 'connection', 'could not connect'],
		['CERT_HAS_EXPIRED', 'certificate', '(CERT_HAS_EXPIRED)'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', 'not trusted'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', 'not trusted'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', 'not trusted'],
	])('deliveryFault explains the network code %s', (networkCode, stage, problem) => {
		const response = { status: 0, ...(networkCode === undefined ? {} : { networkCode }) };
		expect(deliveryFault(outcome(response), true)).toMatchObject({
			stage,
			problem: expect.stringContaining(problem),
		});
	});

	it('deliveryFault blames the token when nothing is known of it', () => {
		const fault = deliveryFault(outcome({ status: 401 }), true);
		expect(fault?.whatToDo).toContain('another Delivery Token');
	});

	it('deliveryFault says what to do when n8n takes no body of that size', () => {
		const fault = deliveryFault(outcome({ status: 413 }), true);
		expect(fault?.whatToDo).toContain('N8N_PAYLOAD_SIZE_MAX');
	});

	it.each([
		['n8n without the workflow', { status: 404, body: n8n404 }, 'Publish the workflow'],
		['a starting n8n', { status: 200, body: 'n8n is starting up. Please wait' }, 'in a minute'],
		['another program', { status: 200 }, 'another workflow'],
		['a web page', { status: 200, body: page }, 'another workflow'],
		['a sign-in', { status: 401, headers: { 'www-authenticate': 'Basic' } }, 'sign-in'],
		['a page with 401', { status: 401, body: page }, 'sign-in'],
		['a firewall', { status: 403, body: page }, 'let POST requests'],
		['an empty 403', { status: 403 }, 'let POST requests'],
		['a proxy that knows no such path', { status: 404, body: page }, 'let POST requests'],
		['a proxy that takes no POST', { status: 405, body: page }, 'let POST requests'],
		['a proxy that takes small bodies only', { status: 413, body: page }, 'client_max_body_size'],
		['a limit', { status: 429, body: page }, 'let POST requests'],
		['a proxy without n8n', { status: 502, body: page }, 'Check that n8n runs'],
		['a proxy that waits for n8n', { status: 503, body: page }, 'Check that n8n runs'],
		['a proxy that has waited', { status: 504, body: page }, 'Check that n8n runs'],
		['an error of n8n', { status: 500, body: '{"code":0}' }, 'Look at what stands before n8n'],
		['a teapot', { status: 418 }, 'Look at what stands before n8n'],
	])('deliveryFault says what to do about %s', (_case, response, whatToDo) => {
		expect(deliveryFault(outcome(response), true)).toMatchObject({
			stage: 'trigger',
			problem: expect.stringContaining(`(${response.status})`),
			whatToDo: expect.stringContaining(whatToDo),
		});
	});

	it.each([
		['https://login.example.com/start?state=secret', 'to https://login.example.com,'],
		['/sign-in', 'to another address,'],
		[undefined, 'to another address,'],
	])('deliveryFault names only the host of a redirect to %s', (location, expected) => {
		const headers = location === undefined ? {} : { location };
		const fault = deliveryFault(outcome({ status: 302, headers }), true);
		expect(fault?.problem).toContain(expected);
		expect(fault?.problem).not.toContain('secret');
	});
});

it.each([
	...['n8n.example.com', 'N8N.Example.com.', '203.0.113.7', '172.15.0.1', '172.32.0.1'],
	...['100.128.0.1', '192.169.0.1', '[2001:db8::1]', '10.example.com', 'localhost.example.com'],
	'xn--gre-hoa.example',
])('isPublicHost: %s can be reached from the internet', (host) => {
	expect(isPublicHost(new URL(`https://${host}`).hostname)).toBe(true);
});

it.each([
	...['localhost', 'n8n', 'n8n.localhost', 'n8n.local', 'n8n.internal', 'n8n.LAN'],
	...['n8n.home.arpa.', '127.0.0.1', '0.0.0.0', '10.1.2.3', '192.168.0.2', '172.16.0.1'],
	...['172.31.255.255', '169.254.1.1', '100.64.0.1', '2130706433'],
	...['[::1]', '[::]', '[fd00::1]', '[fe80::1]', '[::ffff:10.0.0.1]'],
])('isPublicHost: %s cannot be reached from the internet', (host) => {
	expect(isPublicHost(new URL(`https://${host}`).hostname)).toBe(false);
});

const webhook: Webhook = {
	...{ id: '7', url: 'https://n8n.example.com/webhook/a/webhook', active: true },
	...{ authorization: 'Bearer secret-token', events: [], consecutiveFailures: 0 },
	...{ disabledReason: '0', element: {} },
};
const authorization = 'Bearer secret-token';

it('a report has no status when there was no response', () => {
	const fault = { stage: 'connection', problem: 'No.', whatToDo: 'Do.' } as const;
	const response = { status: 0, headers: {}, body: '' };
	const outcome = { deliveryId: 'd-1', response, responseMs: 43 };
	const item = testReport({ webhook, authorization, fault, outcome });
	expect(item).toMatchObject({ works: false, problem: 'No.', whatToDo: 'Do.', responseMs: 43 });
	expect(item).not.toHaveProperty('status');
});

it('a report on a site that hides the Authorization value claims nothing about it', () => {
	const hiding = { ...webhook, authorization: '' };
	const item = testReport({ webhook: hiding, authorization });
	expect((item.steps as unknown[])[7]).toEqual({
		step: 'Expert sends the right Authorization',
		ok: null,
		message: 'Not checked: the site does not show what it sends.',
	});
	expect(JSON.stringify(item)).not.toContain('secret-token');
});
