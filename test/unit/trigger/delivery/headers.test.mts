import { describe, expect, it } from 'vitest';

import type { Headers } from '../../../../nodes/CxoneExpert/shared/delivery-headers.ts';
import type { RejectionReason } from '../../../../nodes/CxoneExpert/shared/rejection.ts';
import {
	type DeliveryHeaders,
	parseHeaders,
} from '../../../../nodes/CxoneExpert/trigger/delivery/headers.ts';

const now = 1_769_792_386_000;

const ID = 'x-nexus-delivery-id';
const TIME = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

const genuine: Headers = {
	[ID]: '9f1c1e2a-fdfd-11f0-8674-aa9553f76750',
	[TIME]: '1769792386',
	[SIGNATURE]: `sha256=${'0f'.repeat(32)}`,
};

const signed = { verifySignature: true, maxDeliveryAgeSeconds: 3600 };
const unsigned = { ...signed, verifySignature: false };

/** What the headers of a genuine delivery come to with these in their place. */
function parsed(changed: Headers, parameters = signed): DeliveryHeaders | RejectionReason {
	const result = parseHeaders({ ...genuine, ...changed }, parameters, now);
	if (result.ok) return result.value;
	return result.failure.reason;
}

describe('parseHeaders: what is accepted', () => {
	it('parseHeaders reads id, literal timestamp, its time and the signatures', () => {
		expect(parsed({})).toEqual({
			deliveryId: genuine[ID],
			timestamp: '1769792386',
			signedAt: now,
			signatures: [Buffer.from('0f'.repeat(32), 'hex')],
			isOutsideWindow: false,
		});
	});

	it('parseHeaders keeps the text of the timestamp, which is what was signed', () => {
		expect(parsed({ [TIME]: '01769792386' })).toMatchObject({
			timestamp: '01769792386',
			signedAt: now,
		});
	});

	it('parseHeaders leaves out the white space around a value', () => {
		const spaced = Object.fromEntries(
			Object.entries(genuine).map(([name, value]) => [name, ` ${String(value)}\t`]),
		);
		expect(parsed(spaced)).toEqual(parsed({}));
	});

	it('parseHeaders reads every signature, as a site sends two while its secret changes', () => {
		const two = `sha256=${'0'.repeat(64)}, ${String(genuine[SIGNATURE])}`;
		expect(parsed({ [SIGNATURE]: two })).toMatchObject({
			signatures: [Buffer.alloc(32), Buffer.alloc(32, 0x0f)],
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
		['timestamp malformed', { [TIME]: '1769792386.0' }],
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

	it.each([
		['delivery id missing', { [ID]: undefined, [TIME]: undefined, [SIGNATURE]: undefined }],
		['delivery id missing', { [ID]: undefined, [TIME]: '1' }],
		['timestamp missing', { [TIME]: undefined, [SIGNATURE]: undefined }],
		['timestamp malformed', { [TIME]: 'yesterday', [SIGNATURE]: undefined }],
		// An old timestamp alone rejects nothing: the delivery may be known.
		['signature missing', { [TIME]: '1', [SIGNATURE]: undefined }],
	] as Array<[RejectionReason, Headers]>)(
		'parseHeaders names the first fault in the order of the contract, %s: %j',
		(reason, changed) => {
			expect(parsed(changed)).toBe(reason);
		},
	);
});

describe('parseHeaders: the window', () => {
	it.each([
		['exactly maxDeliveryAge old', -3600, false],
		['one second older', -3601, true],
		['300 seconds ahead', 300, false],
		['301 seconds ahead', 301, true],
	])('parseHeaders: isOutsideWindow of a timestamp %s', (_case, seconds, expected) => {
		expect(parsed({ [TIME]: String(now / 1000 + seconds) })).toHaveProperty(
			'isOutsideWindow',
			expected,
		);
	});

	it('parseHeaders goes by the age that the parameters allow', () => {
		const aMinuteOld = { [TIME]: String(now / 1000 - 60) };
		expect(parsed(aMinuteOld, { ...signed, maxDeliveryAgeSeconds: 59 })).toHaveProperty(
			'isOutsideWindow',
			true,
		);
	});
});

describe('parseHeaders with Verify Signature off', () => {
	it.each([
		['missing', { [TIME]: undefined, [SIGNATURE]: undefined }],
		['malformed', { [TIME]: 'yesterday', [SIGNATURE]: 'sha256=short' }],
		['old', { [TIME]: '1' }],
	] as Array<[string, Headers]>)(
		'parseHeaders does not look at a timestamp and a signature that are %s',
		(_case, changed) => {
			expect(parsed(changed, unsigned)).toEqual({
				deliveryId: genuine[ID],
				timestamp: '',
				signatures: [],
				isOutsideWindow: false,
			});
		},
	);

	it.each([
		['delivery id missing', undefined],
		['delivery id malformed', 'two words'],
	] as Array<[RejectionReason, string | undefined]>)(
		'parseHeaders still rejects a delivery, %s',
		(reason, id) => {
			expect(parsed({ [ID]: id }, unsigned)).toBe(reason);
		},
	);
});
