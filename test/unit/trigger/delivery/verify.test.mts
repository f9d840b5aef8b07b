import { describe, expect, it } from 'vitest';

import type { Headers } from '../../../../nodes/CxoneExpert/protocol/headers.ts';
import { DeliveryRejected, type RejectionReason } from '../../../../nodes/CxoneExpert/protocol/rejection.ts';
import { sign } from '../../../../nodes/CxoneExpert/protocol/signature.ts';
import { type DeliveryHeaders, parseHeaders } from '../../../../nodes/CxoneExpert/trigger/delivery/verify.ts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

const now = 1_769_792_386_000;
const timestamp = '1769792386';
const body = eventBytes('v1');

const ID = 'x-nexus-delivery-id';
const TIME = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

const genuine: Headers = {
	[ID]: '9f1c1e2a-fdfd-11f0-8674-aa9553f76750',
	[TIME]: timestamp,
	[SIGNATURE]: signatureOf('whsec_test', timestamp, body),
};

const signed = { isSigned: true, maxAgeSeconds: 3600, receivedAt: now };

/** What the headers of a genuine delivery come to with these in their place. */
function parsed(changed: Headers, rules = signed): DeliveryHeaders | RejectionReason {
	try {
		return parseHeaders({ ...genuine, ...changed }, rules);
	} catch (thrown) {
		if (thrown instanceof DeliveryRejected) return thrown.reason;
		throw thrown;
	}
}

describe('parseHeaders: what is accepted', () => {
	it('parseHeaders keeps the text of the timestamp, which is what was signed', () => {
		expect(parsed({ [TIME]: '01769792386' })).toMatchObject({
			timestamp: '01769792386',
			signedAt: now,
		});
	});

	it('parseHeaders leaves out the white space around a value', () => {
		const spaced = Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, ` ${String(value)}\t`]));
		expect(parsed(spaced)).toEqual(parsed({}));
	});

	it('parseHeaders reads every signature, as a site sends two while its secret changes', () => {
		const two = `sha256=${'0'.repeat(64)}, ${String(genuine[SIGNATURE])}`;
		expect(parsed({ [SIGNATURE]: two })).toMatchObject({
			signatures: [Buffer.alloc(32), sign('whsec_test', timestamp, body)],
		});
	});

	it.each([
		['no UUID', 'delivery/42'],
		['of one character', '!'],
		['of 200 characters', '~'.repeat(200)],
	])('parseHeaders accepts a delivery id that is %s: a rejection is permanent', (_case, id) => {
		expect(parsed({ [ID]: id })).toHaveProperty('deliveryId', id);
	});
});

describe('parseHeaders: what is rejected', () => {
	it.each([
		['delivery id missing', { [ID]: undefined }],
		['delivery id missing', { [ID]: '  ' }],
		['delivery id missing', { [ID]: ['a', 'b'] }],
		['delivery id malformed', { [ID]: 'x'.repeat(201) }],
		['delivery id malformed', { [ID]: 'two words' }],
		['delivery id malformed', { [ID]: 'a\u0007b' }],
		['delivery id malformed', { [ID]: 'a\u007f' }],
		['delivery id malformed', { [ID]: 'ä' }],
		['timestamp missing', { [TIME]: undefined }],
		['timestamp missing', { [TIME]: '' }],
		['timestamp malformed', { [TIME]: '1769792386.' }],
		['timestamp malformed', { [TIME]: '+1769792386' }],
		['signature missing', { [SIGNATURE]: undefined }],
		['signature missing', { [SIGNATURE]: '' }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(63)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(65)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'g'.repeat(64)}` }],
		['signature malformed', { [SIGNATURE]: '0'.repeat(64) }],
	] as Array<[RejectionReason, Headers]>)('parseHeaders rejects, %s: %j', (reason, changed) => {
		expect(parsed(changed)).toBe(reason);
	});
});

it('parseHeaders goes by the age that is allowed', () => {
	const aMinuteOld = { [TIME]: String(now / 1000 - 60) };
	expect(parsed(aMinuteOld, { ...signed, maxAgeSeconds: 59 })).toHaveProperty('isOutsideWindow', true);
});

it.each([
	['delivery id missing', undefined],
	['delivery id malformed', 'two words'],
] as Array<[RejectionReason, string | undefined]>)(
	'parseHeaders rejects a delivery also where it needs no signature, %s',
	(reason, id) => {
		expect(parsed({ [ID]: id }, { ...signed, isSigned: false })).toBe(reason);
	},
);
