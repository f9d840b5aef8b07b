import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../../nodes/CxoneExpert/shared/rejection.ts';
import {
	type VerifiedDelivery,
	verifyBody,
	verifyHeaders,
} from '../../../../nodes/CxoneExpert/trigger/delivery/authenticate.ts';
import type { Headers } from '../../../../nodes/CxoneExpert/shared/delivery-headers.ts';
import type { DeliveryHeaders } from '../../../../nodes/CxoneExpert/trigger/delivery/headers.ts';
import { cachedCredential } from '../../../../nodes/CxoneExpert/n8n/credential-cache.ts';
import { sign } from '../../../../nodes/CxoneExpert/shared/signature.ts';
import { contextOf, nodeState } from '../../../support/unit/delivery-context.mts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

const now = 1_769_792_386_000;
const timestamp = '1769792386';
const body = eventBytes('v1');

const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	longTermToken: 'the.j.wt',
	deliveryToken: 'Bearer delivery-token',
	signingSecret: 'whsec_test',
	previousSigningSecret: 'whsec_before',
};

const genuine: Headers = {
	authorization: 'Bearer delivery-token',
	'x-nexus-delivery-id': '9f1c1e2a-fdfd-11f0-8674-aa9553f76750',
	'x-nexus-timestamp': timestamp,
	'x-nexus-signature-256': signatureOf('whsec_test', timestamp, body),
	'x-nexus-event-type': 'Page_Create',
	'content-type': 'text/xml',
};

interface Given {
	verifySignature?: boolean;
	arrivedAt?: number;
	/** The credential as n8n gives it, reading by reading; the last one stays. */
	credentials?: ExpertCredential[];
}

async function requestWith(changed: Headers, given: Given) {
	const { verifySignature = true, arrivedAt = now } = given;
	const credentials = [...(given.credentials ?? [credential])];
	const readings: ExpertCredential[] = [];
	const node = nodeState({
		headers: { ...genuine, ...changed },
		credential: async () => {
			const read = credentials.length > 1 ? credentials.shift()! : credentials[0]!;
			readings.push(read);
			return read;
		},
	});
	const context = contextOf(node, { now: arrivedAt, parameters: { verifySignature } });
	if (credentials.length > 1) {
		// Cached before the delivery arrives.
		await cachedCredential(context.n8n);
		context.arrivedAt = performance.now() + 1;
	}
	return { context, readings };
}

/** What the headers alone come to. */
async function check(
	changed: Headers,
	given: Given = {},
): Promise<DeliveryHeaders | RejectionReason> {
	const sender = await verifyHeaders((await requestWith(changed, given)).context);
	if (sender.ok) return sender.value.headers;
	return sender.failure.reason;
}

/** What headers and body come to. */
async function checkAll(
	changed: Headers,
	bytes = body,
	given: Given = {},
): Promise<VerifiedDelivery | RejectionReason> {
	const { context } = await requestWith(changed, given);
	const sender = await verifyHeaders(context);
	const verified = sender.ok ? await verifyBody(sender.value, bytes, context) : sender;
	if (verified.ok) return verified.value;
	return verified.failure.reason;
}

const ID = 'x-nexus-delivery-id';
const TIME = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

describe('a genuine delivery', () => {
	it('a genuine delivery passes, and its headers are parsed', async () => {
		expect(await check({})).toEqual({
			deliveryId: genuine[ID],
			timestamp,
			signedAt: now,
			signatures: [sign('whsec_test', timestamp, body)],
			isOutsideWindow: false,
		});
	});

	it('a verified delivery carries its bytes and the credential that verified it', async () => {
		expect(await checkAll({})).toMatchObject({
			deliveryId: genuine[ID],
			timestamp,
			body,
			credential,
		});
	});

	it.each([
		['the event-type header is missing', { 'x-nexus-event-type': undefined }],
		['the event-type header contradicts the body', { 'x-nexus-event-type': 'User_Update' }],
		['the content type is another one', { 'content-type': 'application/json' }],
		['the signature has upper-case digits', { [SIGNATURE]: upperCase(genuine[SIGNATURE]) }],
		[
			'it is signed with the previous secret',
			{ [SIGNATURE]: signatureOf('whsec_before', timestamp, body) },
		],
		[
			'a wrong signature stands beside the right one',
			{ [SIGNATURE]: `sha256=${'0'.repeat(64)},${genuine[SIGNATURE]}` },
		],
	] as Array<[string, Headers]>)('a delivery passes although %s', async (_case, changed) => {
		expect(await checkAll(changed)).toHaveProperty('body', body);
	});

	it('a genuine delivery is outside the window when it was signed too long ago', async () => {
		expect(await check({}, { arrivedAt: now + 3_601_000 })).toMatchObject({
			isOutsideWindow: true,
		});
	});

	it('a delivery signed in milliseconds passes', async () => {
		const inMs = `${now}`;
		const signature = signatureOf('whsec_test', inMs, body);
		const verified = await checkAll({ [TIME]: inMs, [SIGNATURE]: signature });
		expect(verified).toMatchObject({ signedAt: now });
	});
});

function upperCase(value: unknown): string {
	return `sha256=${String(value).slice(7).toUpperCase()}`;
}

describe('rejections', () => {
	it.each([
		['authorization missing', { authorization: undefined }],
		['authorization wrong', { authorization: 'Bearer delivery-tokem' }],
		['authorization wrong', { authorization: '' }],
		['authorization wrong', { authorization: 'Bearer delivery-toke' }],
		['delivery id missing', { [ID]: undefined }],
		['timestamp malformed', { [TIME]: 'yesterday' }],
		['signature missing', { [SIGNATURE]: undefined }],
	] as Array<[RejectionReason, Headers]>)(
		'%s: headers changed by %j are rejected before the body is read',
		async (reason, changed) => {
			expect(await check(changed)).toBe(reason);
		},
	);

	it.each([
		['the header is another digest', { [SIGNATURE]: `sha256=${'0'.repeat(64)}` }, body],
		['a byte of the body was changed', {}, Buffer.concat([body, Buffer.from(' ')])],
		['the body is missing', {}, Buffer.alloc(0)],
		['the timestamp was moved', { [TIME]: '1769792387' }, body],
		['the timestamp got a zero before it', { [TIME]: '01769792386' }, body],
		['an unknown secret was used', { [SIGNATURE]: signatureOf('guess', timestamp, body) }, body],
	] as Array<[string, Headers, Buffer]>)(
		'signature wrong when %s',
		async (_case, changed, bytes) => {
			expect(await checkAll(changed, bytes)).toBe('signature wrong');
		},
	);

	it('a delivery is not accepted when nobody has a secret: Expert is told to retry', async () => {
		const { signingSecret: _, previousSigningSecret: __, ...without } = credential;
		await expect(checkAll({}, body, { credentials: [without] })).rejects.toThrow(RangeError);
	});

	it('signature wrong when a byte that is not valid UTF-8 was changed', async () => {
		const odd = Buffer.from('<event>\xff</event>', 'latin1');
		const changed = Buffer.from('<event>\xfe</event>', 'latin1');
		const signed = { [SIGNATURE]: signatureOf('whsec_test', timestamp, odd) };
		expect(await checkAll(signed, odd)).toHaveProperty('body', odd);
		expect(await checkAll(signed, changed)).toBe('signature wrong');
	});
});

describe('the token is checked before the other headers', () => {
	const wrongToken: Headers = { authorization: 'Bearer guess' };
	const noToken: Headers = { authorization: undefined };
	const noId: Headers = { [ID]: undefined };
	const noTime: Headers = { [TIME]: undefined };
	const badSignature: Headers = { [SIGNATURE]: 'sha256=short' };

	it.each([
		['a wrong token and no timestamp', { ...wrongToken, ...noTime }, 401],
		['no token and no delivery id', { ...noToken, ...noId }, 401],
		['a wrong token and nothing else right', { ...wrongToken, ...noId, ...badSignature }, 401],
	] as Array<[string, Headers, number]>)('%s: status %i wins', async (_case, changed, status) => {
		const reason = await check(changed);
		expect(STATUS_BY_REASON[reason as RejectionReason]).toBe(status);
	});
});

describe('with verifySignature off', () => {
	const off = { verifySignature: false, credentials: [{ deliveryToken: 'Bearer delivery-token' }] };

	it.each([
		['without timestamp and signature', { [TIME]: undefined, [SIGNATURE]: undefined }],
		['with a wrong signature', { [SIGNATURE]: `sha256=${'0'.repeat(64)}` }],
		['with a malformed timestamp', { [TIME]: 'yesterday' }],
		['with an old timestamp', { [TIME]: '1' }],
	] as Array<[string, Headers]>)('an unsigned delivery passes %s', async (_case, changed) => {
		expect(await checkAll(changed, body, off)).toEqual({
			deliveryId: genuine[ID],
			timestamp: '',
			signatures: [],
			isOutsideWindow: false,
			body,
			credential: off.credentials[0],
		});
	});

	it.each([
		['authorization missing', { authorization: undefined }],
		['authorization wrong', { authorization: 'Bearer guess' }],
		['delivery id missing', { [ID]: undefined }],
	] as Array<[RejectionReason, Headers]>)('%s is still rejected', async (reason, changed) => {
		expect(await checkAll(changed, body, off)).toBe(reason);
	});
});

describe('a credential that was changed', () => {
	const changed = { ...credential, deliveryToken: 'Bearer new', signingSecret: 'whsec_new' };
	const byNew = { [SIGNATURE]: signatureOf('whsec_new', timestamp, body) };

	it('the credential is read once when the cached one verifies the delivery', async () => {
		const { context, readings } = await requestWith({}, { credentials: [credential, changed] });
		const sender = await verifyHeaders(context);
		if (!sender.ok) throw new Error('rejected');
		expect(await verifyBody(sender.value, body, context)).toMatchObject({ ok: true });
		expect(readings).toEqual([credential]);
	});

	it('a token that the cached credential rejects is checked by the current one', async () => {
		const headers = { ...byNew, authorization: 'Bearer new' };
		const verified = await checkAll(headers, body, { credentials: [credential, changed] });
		expect(verified).toMatchObject({ credential: changed });
	});

	it('a signature that the cached credential rejects is checked by the current one', async () => {
		const sameToken = { ...credential, signingSecret: 'whsec_new' };
		const verified = await checkAll(byNew, body, { credentials: [credential, sameToken] });
		expect(verified).toMatchObject({ credential: sameToken });
	});

	it('authorization wrong when the current credential has another token', async () => {
		const verified = await checkAll(byNew, body, { credentials: [credential, changed] });
		expect(verified).toBe('authorization wrong');
	});
});
