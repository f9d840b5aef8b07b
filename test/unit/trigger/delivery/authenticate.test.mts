import { describe, expect, it } from 'vitest';

import {
	checkBody,
	checkHeaders,
	type DeliveryHeaders,
	type Headers,
	type VerificationConfig,
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../../nodes/CxoneExpert/trigger/delivery/authenticate.ts';
import type { Moment } from '../../../../nodes/CxoneExpert/trigger/delivery/clock.ts';
import { sign } from '../../../../nodes/CxoneExpert/trigger/delivery/signature.ts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

const now = 1_769_792_386_000;
const timestamp = '1769792386';
const body = eventBytes('v1');

const policy: VerificationConfig = {
	authorization: 'Bearer delivery-token',
	secrets: ['whsec_test', 'whsec_before'],
	verifySignature: true,
	maxAge: 3600,
};

const genuine: Headers = {
	authorization: 'Bearer delivery-token',
	'x-nexus-delivery-id': '9f1c1e2a-fdfd-11f0-8674-aa9553f76750',
	'x-nexus-timestamp': timestamp,
	'x-nexus-signature-256': signatureOf('whsec_test', timestamp, body),
	'x-nexus-event-type': 'Page_Create',
	'content-type': 'text/xml',
};

function check(
	changed: Headers,
	changedPolicy: Partial<VerificationConfig> = {},
	clocks: Moment = { wall: now, steady: now },
): DeliveryHeaders | RejectionReason {
	const headers = { ...genuine, ...changed };
	const result = checkHeaders(headers, { ...policy, ...changedPolicy }, clocks);
	return 'refusal' in result ? result.refusal : result;
}

function checkAll(changed: Headers, bytes = body, changedPolicy: Partial<VerificationConfig> = {}) {
	const envelope = check(changed, changedPolicy);
	if (typeof envelope === 'string') return envelope;
	const result = checkBody(envelope, bytes, { policy: { ...policy, ...changedPolicy } });
	return 'refusal' in result ? result.refusal : result;
}

const ID = 'x-nexus-delivery-id';
const TIME = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

describe('a genuine delivery', () => {
	it('passes, and its envelope holds what the headers say', () => {
		expect(check({})).toEqual({
			deliveryId: genuine[ID],
			timestamp,
			signedAt: now,
			signatures: [sign('whsec_test', timestamp, body)],
			isOutsideWindow: false,
		});
	});

	it('carries its bytes afterwards', () => {
		expect(checkAll({})).toMatchObject({ deliveryId: genuine[ID], timestamp, body });
	});

	it.each([
		['the event-type header is missing', { 'x-nexus-event-type': undefined }],
		['the event-type header contradicts the body', { 'x-nexus-event-type': 'User_Update' }],
		['the content type is another one', { 'content-type': 'application/json' }],
		['the delivery id is no UUID', { [ID]: 'delivery/42' }],
		['the delivery id has 200 characters', { [ID]: 'x'.repeat(200) }],
		['the signature has upper-case digits', { [SIGNATURE]: upperCase(genuine[SIGNATURE]) }],
		[
			'it is signed with the previous secret',
			{ [SIGNATURE]: signatureOf('whsec_before', timestamp, body) },
		],
		[
			'a wrong signature stands beside the right one',
			{ [SIGNATURE]: `sha256=${'0'.repeat(64)},${genuine[SIGNATURE]}` },
		],
	] as Array<[string, Headers]>)('passes although %s', (_case, changed) => {
		expect(checkAll(changed)).toHaveProperty('body', body);
	});

	it.each([
		['the wall clock was set', { wall: now + 86_400_000, steady: now }],
		['the process was started by a wrong clock', { wall: now, steady: now - 86_400_000 }],
	])('is within the window although %s', (_case, clocks) => {
		expect(check({}, {}, clocks)).toMatchObject({ isOutsideWindow: false });
	});

	it('is outside the window when both clocks say so', () => {
		const clocks = { wall: now + 86_400_000, steady: now + 3_601_000 };
		expect(check({}, {}, clocks)).toMatchObject({ isOutsideWindow: true });
	});

	it('passes when it was signed in milliseconds', () => {
		const inMs = `${now}`;
		const signature = signatureOf('whsec_test', inMs, body);
		expect(checkAll({ [TIME]: inMs, [SIGNATURE]: signature })).toMatchObject({ signedAt: now });
	});
});

function upperCase(value: unknown): string {
	return `sha256=${String(value).slice(7).toUpperCase()}`;
}

describe('each reason to refuse', () => {
	it.each([
		['authorization missing', { authorization: undefined }],
		['authorization wrong', { authorization: 'Bearer delivery-tokem' }],
		['authorization wrong', { authorization: '' }],
		['authorization wrong', { authorization: 'Bearer delivery-toke' }],
		['delivery id missing', { [ID]: undefined }],
		['delivery id missing', { [ID]: '  ' }],
		['delivery id malformed', { [ID]: 'x'.repeat(201) }],
		['delivery id malformed', { [ID]: 'two words' }],
		['delivery id malformed', { [ID]: 'a\u0007b' }],
		['delivery id malformed', { [ID]: 'ä' }],
		['timestamp missing', { [TIME]: undefined }],
		['timestamp missing', { [TIME]: '' }],
		['timestamp malformed', { [TIME]: '1769792386.0' }],
		['timestamp malformed', { [TIME]: '+1769792386' }],
		['signature missing', { [SIGNATURE]: undefined }],
		['signature missing', { [SIGNATURE]: '' }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(63)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(65)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'g'.repeat(64)}` }],
		['signature malformed', { [SIGNATURE]: '0'.repeat(64) }],
	] as Array<[RejectionReason, Headers]>)(
		'%s (%j), before the body is read',
		(refusal, changed) => {
			expect(check(changed)).toBe(refusal);
		},
	);

	it.each([
		['the header is another digest', { [SIGNATURE]: `sha256=${'0'.repeat(64)}` }, body],
		['a byte of the body was changed', {}, Buffer.concat([body, Buffer.from(' ')])],
		['the body is missing', {}, Buffer.alloc(0)],
		['the timestamp was moved', { [TIME]: '1769792387' }, body],
		['the timestamp got a zero before it', { [TIME]: '01769792386' }, body],
		['an unknown secret was used', { [SIGNATURE]: signatureOf('guess', timestamp, body) }, body],
	] as Array<[string, Headers, Buffer]>)('signature wrong when %s', (_case, changed, bytes) => {
		expect(checkAll(changed, bytes)).toBe('signature wrong');
	});

	it('signature wrong when there is no secret to check it with: it fails closed', () => {
		expect(checkAll({}, body, { secrets: [] })).toBe('signature wrong');
	});

	it('sees a changed byte that is not valid UTF-8', () => {
		const odd = Buffer.from('<event>\xff</event>', 'latin1');
		const changed = Buffer.from('<event>\xfe</event>', 'latin1');
		const signed = { [SIGNATURE]: signatureOf('whsec_test', timestamp, odd) };
		expect(checkAll(signed, odd)).toHaveProperty('body', odd);
		expect(checkAll(signed, changed)).toBe('signature wrong');
	});
});

describe('the window', () => {
	it.each([
		['exactly maxDeliveryAge old', -3600, false],
		['one second older', -3601, true],
		['300 seconds ahead', 300, false],
		['301 seconds ahead', 301, true],
	])('%s', (_case, seconds, expected) => {
		const envelope = check({ [TIME]: String(Number(timestamp) + seconds) });
		expect(envelope).toHaveProperty('isOutsideWindow', expected);
	});
});

describe('the order of the checks is that of the contract', () => {
	const wrongToken: Headers = { authorization: 'Bearer guess' };
	const noToken: Headers = { authorization: undefined };
	const noId: Headers = { [ID]: undefined };
	const noTime: Headers = { [TIME]: undefined };
	const badTime: Headers = { [TIME]: 'yesterday' };
	const oldTime: Headers = { [TIME]: '1' };
	const noSignature: Headers = { [SIGNATURE]: undefined };
	const badSignature: Headers = { [SIGNATURE]: 'sha256=short' };

	it.each([
		['a wrong token and no timestamp', { ...wrongToken, ...noTime }, 401],
		['no token and no delivery id', { ...noToken, ...noId }, 401],
		['a wrong token and nothing else right', { ...wrongToken, ...noId, ...badSignature }, 401],
		['no timestamp and no signature', { ...noTime, ...noSignature }, 400],
		['a malformed timestamp and no signature', { ...badTime, ...noSignature }, 400],
		['no delivery id and a malformed signature', { ...noId, ...badSignature }, 400],
		['no delivery id and an old timestamp', { ...noId, ...oldTime }, 400],
		['an old timestamp and no signature', { ...oldTime, ...noSignature }, 401],
	] as Array<[string, Headers, number]>)('%s', (_case, changed, status) => {
		const refusal = check(changed);
		expect(STATUS_BY_REASON[refusal as RejectionReason]).toBe(status);
	});
});

describe('the statuses', () => {
	it('are those of the contract', () => {
		expect(STATUS_BY_REASON).toEqual({
			'authorization missing': 401,
			'authorization wrong': 401,
			'delivery id missing': 400,
			'delivery id malformed': 400,
			'timestamp missing': 400,
			'timestamp malformed': 400,
			'signature missing': 401,
			'signature malformed': 401,
			'signature wrong': 401,
			'timestamp outside the window': 401,
			'body too large': 413,
			'body incomplete': 400,
		});
	});
});

describe('with verifySignature off', () => {
	const off = { verifySignature: false, secrets: [] };

	it.each([
		['without timestamp and signature', { [TIME]: undefined, [SIGNATURE]: undefined }],
		['with a wrong signature', { [SIGNATURE]: `sha256=${'0'.repeat(64)}` }],
		['with a malformed timestamp', { [TIME]: 'yesterday' }],
		['with an old timestamp', { [TIME]: '1' }],
	] as Array<[string, Headers]>)('a delivery passes %s', (_case, changed) => {
		expect(checkAll(changed, body, off)).toEqual({
			deliveryId: genuine[ID],
			timestamp: '',
			signatures: [],
			isOutsideWindow: false,
			body,
		});
	});

	it.each([
		['authorization missing', { authorization: undefined }],
		['authorization wrong', { authorization: 'Bearer guess' }],
		['delivery id missing', { [ID]: undefined }],
		['delivery id malformed', { [ID]: 'two words' }],
	] as Array<[RejectionReason, Headers]>)('%s still refuses', (refusal, changed) => {
		expect(checkAll(changed, body, off)).toBe(refusal);
	});
});
