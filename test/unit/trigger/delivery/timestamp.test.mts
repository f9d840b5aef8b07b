import { describe, expect, it } from 'vitest';

import {
	isOutsideWindow,
	readTimestamp,
} from '../../../../nodes/CxoneExpert/trigger/delivery/timestamp.ts';

describe('readTimestamp', () => {
	it.each([
		['seconds', '1769792386', 1_769_792_386_000],
		['milliseconds', '1769792386123', 1_769_792_386_123],
		['one digit', '0', 0],
		['leading zeros', '0001769792386', 1_769_792_386_000],
		['the largest number of seconds', '100000000000', 100_000_000_000_000],
		['the smallest number of milliseconds', '100000000001', 100_000_000_001],
		['13 digits', '9999999999999', 9_999_999_999_999],
	])('readTimestamp reads %s', (_case, text, expected) => {
		expect(readTimestamp(text)).toBe(expected);
	});

	it.each([
		['nothing', ''],
		['14 digits', '17697923860000'],
		['a plus sign', '+1769792386'],
		['a minus sign', '-1769792386'],
		['a space before', ' 1769792386'],
		['a space after', '1769792386 '],
		['a line break after', '1769792386\n'],
		['a space within', '17697 92386'],
		['an exponent', '1e3'],
		['hexadecimal digits', '0x697c2a02'],
		['a fraction', '1769792386.5'],
		['digits of another script', '١٧٦٩٧٩٢٣٨٦'],
		['full-width digits', '１７６９７９２３８６'],
		['a date', '2026-01-30T16:59:46Z'],
		['two values joined by a comma', '1769792386, 1769792386'],
		['a word', 'NaN'],
	])('readTimestamp rejects %s', (_case, text) => {
		expect(readTimestamp(text)).toBeUndefined();
	});
});

describe('isOutsideWindow', () => {
	const now = 1_769_792_386_000;

	it.each([
		['now', 0, false],
		['300 seconds ahead', 300_000, false],
		['a millisecond more than 300 seconds ahead', 300_001, true],
		['301 seconds ahead', 301_000, true],
		['exactly the greatest age', -3_600_000, false],
		['a millisecond older than that', -3_600_001, true],
		['a second older than that', -3_601_000, true],
		['ten years ahead', 315_360_000_000, true],
	])('isOutsideWindow of a time %s', (_case, offset, expected) => {
		expect(isOutsideWindow(now + offset, now, 3600)).toBe(expected);
	});

	it('isOutsideWindow follows the age that was set, and not the 300 seconds ahead', () => {
		expect(isOutsideWindow(now - 61_000, now, 60)).toBe(true);
		expect(isOutsideWindow(now - 61_000, now, 62)).toBe(false);
		expect(isOutsideWindow(now + 299_000, now, 60)).toBe(false);
	});
});
