import { describe, expect, it } from 'vitest';

import {
	apiTime,
	compact,
	numberOf,
	pagePath,
	pageUrl,
	siteTime,
} from '../../../nodes/CxoneExpert/api/elements.ts';
import { rootOf } from '../../support/unit/samples.mts';

describe('pagePath', () => {
	it.each([
		['<page><path>Guides/A</path></page>', 'Guides/A'],
		['<page><path seo="true">Guides/A</path></page>', 'Guides/A'],
		['<page><path/></page>', ''],
		['<page><title>A</title></page>', undefined],
	])('pagePath of %s is %j', (xml, expected) => {
		expect(pagePath(rootOf(xml))).toBe(expected);
	});

	it('pagePath of a missing page is undefined', () => {
		expect(pagePath(undefined)).toBeUndefined();
	});
});

describe('pageUrl', () => {
	it.each([
		[
			'https://help.example.com/Größe_日本',
			'https://help.example.com/Gr%C3%B6%C3%9Fe_%E6%97%A5%E6%9C%AC',
		],
		['https://help.example.com/Gr%C3%B6%C3%9Fe', 'https://help.example.com/Gr%C3%B6%C3%9Fe'],
		[
			'https://help.example.com/A%2FB?mt-draft=true',
			'https://help.example.com/A%2FB?mt-draft=true',
		],
		['/no/site', '/no/site'],
	])('pageUrl of %j is %j', (address, expected) => {
		expect(pageUrl(rootOf(`<page><uri.ui>${address}</uri.ui></page>`))).toBe(expected);
	});

	it('pageUrl of a page without an address is undefined', () => {
		expect(pageUrl(rootOf('<page/>'))).toBeUndefined();
	});
});

describe('numberOf', () => {
	it.each([
		['0', 0],
		['0012', 12],
		['999999999999999', 999_999_999_999_999],
		['1000000000000000', undefined],
		['-1', undefined],
		['1.5', undefined],
		['1e5', undefined],
		['', undefined],
		[undefined, undefined],
	])('numberOf of %j is %s', (text, expected) => {
		expect(numberOf(text)).toBe(expected);
	});
});

describe('compact', () => {
	it('compact leaves out undefined values and empty objects', () => {
		expect(compact({ a: 1, b: undefined, c: {} })).toStrictEqual({ a: 1 });
	});

	it('compact keeps every other empty value', () => {
		const object = { zero: 0, text: '', no: false, none: null, list: [], nested: { a: undefined } };
		expect(compact(object)).toStrictEqual(object);
	});
});

it('apiTime is in UTC with its fractions cut off, not rounded', () => {
	expect(apiTime(Date.parse('2026-01-30T16:59:45.999Z'))).toBe('2026-01-30T16:59:45Z');
	expect(apiTime(Date.parse('2026-01-30T17:59:45+01:00'))).toBe('2026-01-30T16:59:45Z');
});

it('siteTime parses dates of the site', () => {
	expect(siteTime('2026-01-30T16:59:45Z')).toBe(1769792385000);
	expect(siteTime('soon')).toBeUndefined();
	expect(siteTime(undefined)).toBeUndefined();
});
