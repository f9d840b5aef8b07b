import { describe, expect, it } from 'vitest';

import { doubleEncode, encode, pageKey } from '../../../nodes/CxoneExpert/api/path-segment.ts';

const HIGH_HALF = '\uD83D';
const LOW_HALF = '\uDE00';

describe('encode', () => {
	it.each([
		['', ''],
		['page_create', 'page_create'],
		['A B/C?d#e%f', 'A%20B%2FC%3Fd%23e%25f'],
		['Größe 日本', 'Gr%C3%B6%C3%9Fe%20%E6%97%A5%E6%9C%AC'],
		['😀', '%F0%9F%98%80'],
	])('encode of %j is %j', (text, expected) => {
		expect(encode(text)).toBe(expected);
	});

	it.each([
		['a first half', `x${HIGH_HALF}y`],
		['a second half', `x${LOW_HALF}y`],
	])('encode replaces %s of a surrogate pair instead of throwing', (_case, text) => {
		expect(encode(text)).toBe('x%EF%BF%BDy');
	});

	it('encode gives for half a character what a query gives', () => {
		const query = new URLSearchParams({ q: HIGH_HALF }).toString();
		expect(`q=${encode(HIGH_HALF)}`).toBe(query);
	});
});

describe('doubleEncode', () => {
	it('doubleEncode encodes a second time', () => {
		expect(doubleEncode('A/B C')).toBe('A%252FB%2520C');
	});

	it.each(['Why? #1 (100%)/größe', '%2F', '😀'])('doubleEncode of %j decodes twice', (text) => {
		expect(decodeURIComponent(decodeURIComponent(doubleEncode(text)))).toBe(text);
	});

	it('doubleEncode replaces half a surrogate pair instead of throwing', () => {
		expect(doubleEncode(`x${HIGH_HALF}`)).toBe('x%25EF%25BF%25BD');
	});
});

it.each([
	['', 'home'],
	['A/B C', '=A%252FB%2520C'],
])('pageKey of the path "%s" is %s', (path, key) => {
	expect(pageKey(path)).toBe(key);
});
