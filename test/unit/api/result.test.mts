import { describe, expect, it } from 'vitest';

import { failed, type Result, success } from '../../../nodes/CxoneExpert/api/result.ts';

describe('success and failed', () => {
	it.each([7, 'text', undefined, null, { ok: false }])(
		'success holds the value %j and no failure',
		(value) => {
			expect(success(value)).toStrictEqual({ ok: true, value });
		},
	);

	it.each([{ kind: 'timeout' }, 'not well-formed XML', undefined])(
		'failed holds the failure %j and no value',
		(failure) => {
			expect(failed(failure)).toStrictEqual({ ok: false, failure });
		},
	);

	it('Result tells value and failure apart by ok', () => {
		const half = (number: number): Result<number, string> =>
			number % 2 === 0 ? success(number / 2) : failed(`${number} is odd`);
		const textOf = (result: Result<number, string>) =>
			result.ok ? `value ${result.value}` : `failure: ${result.failure}`;
		expect(textOf(half(8))).toBe('value 4');
		expect(textOf(half(7))).toBe('failure: 7 is odd');
	});
});
