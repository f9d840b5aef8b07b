import { describe, expect, it } from 'vitest';

import {
	isOutsideWindow,
	isSignedWithAny,
	readSignatures,
	readTimestamp,
	sign,
	signatureHeader,
} from '../../../nodes/CxoneExpert/protocol/signature.ts';
import { eventBytes } from '../../support/unit/samples.mts';

const HEX = 'c1e57e45a08e00b6172a69c5be68774d5eb45f112077e556e83a9a0da86e0f04';

describe('sign', () => {
	it.each([
		['V1', 'whsec_test', '1769792386', eventBytes('v1'), HEX],
		[
			'V3, not ASCII',
			'whsec_test',
			'1769792386',
			eventBytes('b3'),
			'd7f8f2ff1bd5e4d23b0c50a406388271fc706a7657f5adfddc3f362c479cb03c',
		],
	])('sign gives the digest of vector %s', (_vector, secret, timestamp, body, digest) => {
		expect(sign(secret, timestamp, body).toString('hex')).toBe(digest);
	});

	it('signatureHeader is what readSignatures reads, with the digits in lower case', () => {
		const header = signatureHeader('whsec_test', '1769792386', eventBytes('v1'));
		expect(header).toBe(`sha256=${HEX}`);
		expect(readSignatures(header)).toEqual([sign('whsec_test', '1769792386', eventBytes('v1'))]);
	});

	it('sign sees a byte change that decoding to text would hide', () => {
		const body = Buffer.from('<event>\xff</event>', 'latin1');
		const changed = Buffer.from('<event>\xfe</event>', 'latin1');
		expect(changed.toString('utf8')).toBe(body.toString('utf8'));
		expect(sign('s', '1', changed)).not.toEqual(sign('s', '1', body));
	});
});

describe('readSignatures', () => {
	const bytes = Buffer.from(HEX, 'hex');
	const other = Buffer.alloc(32, 7);

	it.each([
		['lower-case digits', `sha256=${HEX}`, [bytes]],
		['upper-case digits', `sha256=${HEX.toUpperCase()}`, [bytes]],
		['the right length that is not hex', `sha256=${'g'.repeat(64)}`, []],
		['another algorithm', `sha1=${HEX}`, []],
		['two with a comma', `sha256=${HEX}, sha256=${other.toString('hex')}`, [bytes, other]],
		['two with a space', `sha256=${HEX} sha256=${other.toString('hex')}`, [bytes, other]],
		['a malformed one beside a good one', `sha256=zz,sha256=${HEX}`, [bytes]],
		['an unknown scheme beside a good one', `v2=abc,sha256=${HEX}`, [bytes]],
	])('readSignatures reads %s', (_case, header, expected) => {
		expect(readSignatures(header)).toEqual(expected);
	});

	it('readSignatures reads eight signatures and no more', () => {
		const header = Array.from({ length: 12 }, (_, i) => `sha256=${Buffer.alloc(32, i).toString('hex')}`).join(',');
		expect(readSignatures(header).map((signature) => signature[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});

	it('readSignatures reads the first 2048 characters and no more', () => {
		expect(readSignatures(`${'x'.repeat(1900)},sha256=${HEX}`)).toHaveLength(1);
		expect(readSignatures(`${'x'.repeat(2000)},sha256=${HEX}`)).toHaveLength(0);
	});
});

describe('isSignedWithAny', () => {
	const body = eventBytes('v1');
	const by = (secret: string) => sign(secret, '1', body);

	it.each([
		['the current secret', [by('a')], ['a', 'b'], true],
		['the second of several signatures', [by('c'), by('b')], ['b'], true],
		['none', [by('c')], ['a', 'b'], false],
	])('isSignedWithAny with %s', (_case, signatures, secrets, expected) => {
		expect(isSignedWithAny(secrets, { timestamp: '1', signatures }, body)).toBe(expected);
	});
});

describe('readTimestamp', () => {
	it.each([
		['seconds', '1769792386', 1_769_792_386_000],
		['milliseconds', '1769792386123', 1_769_792_386_123],
		['the largest number of seconds', '100000000000', 100_000_000_000_000],
		['the smallest number of milliseconds', '100000000001', 100_000_000_001],
	])('readTimestamp reads %s', (_case, text, expected) => {
		expect(readTimestamp(text)).toBe(expected);
	});

	it.each([
		['nothing', ''],
		['14 digits', '17697923860000'],
		['a plus sign', '+1769792386'],
		['a minus sign', '-1769792386'],
		['a space after', '1769792386 '],
		['a line break after', '1769792386\n'],
		['parts of a second', '1769792386.5'],
		['a date', '2026-01-30T16:59:46Z'],
		['full-width digits', '１７６９７９２３８６'],
		['two values joined by a comma', '1769792386, 1769792386'],
	])('readTimestamp rejects %s', (_case, text) => {
		expect(readTimestamp(text)).toBeUndefined();
	});
});

describe('isOutsideWindow', () => {
	const now = 1_769_792_386_000;

	it.each([
		['300 seconds ahead', 300_000, false],
		['a millisecond more than 300 seconds ahead', 300_001, true],
		['exactly the greatest age', -3_600_000, false],
		['a millisecond older than that', -3_600_001, true],
	])('isOutsideWindow of a time %s', (_case, offset, expected) => {
		expect(isOutsideWindow(now + offset, now, 3600)).toBe(expected);
	});
});
