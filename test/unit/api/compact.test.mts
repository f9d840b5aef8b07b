import { describe, expect, it } from 'vitest';

import { compact } from '../../../nodes/CxoneExpert/api/compact.ts';

describe('compact', () => {
	it('compact leaves out undefined values and empty objects', () => {
		expect(compact({ a: 1, b: undefined, c: {} })).toStrictEqual({ a: 1 });
	});

	it('compact keeps every other empty value', () => {
		const object = { zero: 0, text: '', no: false, none: null, list: [], nested: { a: undefined } };
		expect(compact(object)).toStrictEqual(object);
	});
});
