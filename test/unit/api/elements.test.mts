import { describe, expect, it } from 'vitest';

import { numberOf, pagePath } from '../../../nodes/CxoneExpert/api/elements.ts';
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
