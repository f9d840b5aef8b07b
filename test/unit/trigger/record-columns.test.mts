import { describe, expect, it } from 'vitest';

import {
	hashKey,
	KEY_CHARS,
	NO_KEY,
	readTime,
	TIME_CHARS,
	writeTime,
} from '../../../nodes/CxoneExpert/trigger/record-columns.ts';

const EPOCH = Date.UTC(2020, 0, 1) / 1000;

describe('hashKey', () => {
	it('a key has the form that stored records have', () => {
		expect(hashKey('abc')).toBe('ungWv48B');
	});

	it('a key is over all parts, text or bytes', () => {
		expect(hashKey('a', Buffer.from('bc'))).toBe(hashKey('abc'));
	});

	it('no key looks like the one that stands for none', () => {
		expect(NO_KEY).toHaveLength(KEY_CHARS);
		expect(NO_KEY).not.toMatch(/[\w-]/);
	});
});

describe('writeTime', () => {
	it.each([
		['the first second', EPOCH, EPOCH],
		['a second of 2026', 1_769_792_386, 1_769_792_386],
		['a time before 2020, as of 2020', 1, EPOCH],
		['a time beyond the width, as the last one', 9_999_999_999, EPOCH + 36 ** TIME_CHARS - 1],
	])('writeTime writes %s', (_case, time, readBack) => {
		expect(writeTime(time)).toHaveLength(TIME_CHARS);
		expect(readTime(writeTime(time))).toBe(readBack);
	});

	it('a time has the form that stored records have', () => {
		expect(writeTime(1_769_792_386)).toBe((1_769_792_386 - EPOCH).toString(36).padStart(6, '0'));
	});

	it('a damaged time is old', () => {
		expect(readTime('??????')).toBe(EPOCH);
	});
});
