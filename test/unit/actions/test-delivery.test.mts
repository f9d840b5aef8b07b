import { describe, expect, it } from 'vitest';

import {
	addressFault,
	deliveryFault,
	proofFault,
} from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/faults.ts';
import type { TestOutcome } from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/send.ts';
import type { HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';

const SITE = 'https://help.example.com';
const SIMULATOR = 'http://127.0.0.1:4000';

describe('addressFault', () => {
	it.each([
		['https://n8n.example.com/webhook/a/webhook', SITE],
		['http://127.0.0.1:5678/webhook/a/webhook', SIMULATOR],
		['https://n8n.local/webhook/a/webhook', SIMULATOR],
	])('addressFault finds nothing wrong with %s for a site at %s', (url, site) => {
		expect(addressFault(url, site)).toBeUndefined();
	});

	it.each([
		['http://n8n.example.com/webhook/a/webhook', SITE, 'begins with http'],
		['http://192.168.0.2/webhook/a/webhook', SIMULATOR, 'begins with http'],
		['http://127.0.0.1:5678/webhook/a/webhook', SITE, 'begins with http'],
		['http://127.0.0.1:5678/webhook/a/webhook', undefined, 'begins with http'],
		['https://n8n.local/webhook/a/webhook', SITE, '"n8n.local" is no public address'],
		['https://127.0.0.1/webhook/a/webhook', SITE, '"127.0.0.1" is no public address'],
	])('addressFault says what is wrong with %s for a site at %s', (url, site, problem) => {
		expect(addressFault(url, site)).toMatchObject({
			stage: 'address',
			problem: expect.stringContaining(problem),
			whatToDo: expect.stringContaining('N8N_WEBHOOK_URL'),
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

it('proofFault tells a trigger, a busy n8n and a workflow that only claims to have verified it apart', () => {
	const fault = proofFault({ ...outcome(verified), isProven: false });
	expect(fault?.whatToDo).toContain('another workflow');
	expect(proofFault({ ...outcome({ status: 401 }), isProven: true })).toBeUndefined();
	const busy = proofFault({ ...outcome({ status: 503 }), isProven: false });
	expect(busy?.whatToDo).toContain('Sizing');
});

describe('deliveryFault', () => {
	it('deliveryFault says that a response after a second is too late', () => {
		expect(deliveryFault(outcome(verified, { responseMs: 999 }), true)).toBeUndefined();
		expect(deliveryFault(outcome(verified, { responseMs: 1000 }), true)).toMatchObject({
			stage: 'time',
			problem: expect.stringContaining('took 1000 ms'),
		});
	});

	it.each([
		['ECONNREFUSED', 'connection', 'Nothing responds'],
		['ETIMEDOUT', 'connection', 'within 10 seconds'],
		[undefined, 'connection', 'could not connect'],
		['CERT_HAS_EXPIRED', 'certificate', '(CERT_HAS_EXPIRED)'],
	])('deliveryFault explains the network code %s', (networkCode, stage, problem) => {
		const response = { status: 0, ...(networkCode === undefined ? {} : { networkCode }) };
		expect(deliveryFault(outcome(response), true)).toMatchObject({
			stage,
			problem: expect.stringContaining(problem),
		});
	});

	it.each(['/sign-in', undefined])('deliveryFault names no host of a redirect to %s', (location) => {
		const headers = location === undefined ? {} : { location };
		const fault = deliveryFault(outcome({ status: 302, headers }), true);
		expect(fault?.problem).toContain('to another address,');
	});

	it.each([
		['n8n without the workflow', { status: 404, body: n8n404 }, 'Publish the workflow'],
		['n8n that takes no body of that size', { status: 413 }, 'N8N_PAYLOAD_SIZE_MAX'],
		['a starting n8n', { status: 200, body: 'n8n is starting up. Please wait' }, 'in a minute'],
		['another program', { status: 200 }, 'another workflow'],
		['a sign-in', { status: 401, headers: { 'www-authenticate': 'Basic' } }, 'sign-in'],
		['a firewall', { status: 403, body: page }, 'let POST requests'],
		['a limit', { status: 429, body: page }, 'let POST requests'],
		['a proxy that waits for n8n', { status: 503, body: page }, 'Check that n8n runs'],
		['a teapot', { status: 418 }, 'Look at what stands before n8n'],
	])('deliveryFault says what to do about %s', (_case, response, whatToDo) => {
		expect(deliveryFault(outcome(response), true)).toMatchObject({
			stage: 'trigger',
			problem: expect.stringContaining(`(${response.status})`),
			whatToDo: expect.stringContaining(whatToDo),
		});
	});
});
