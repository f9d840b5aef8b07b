import { describe, expect, it } from 'vitest';

import { type ApiFailure, isNotFound } from '../../../nodes/CxoneExpert/api/failure.ts';

describe('isNotFound', () => {
	it.each([
		[{ kind: 'http-status', status: 404 }, true],
		[{ kind: 'http-status', status: 410 }, true],
		[{ kind: 'http-status', status: 403 }, false],
		[{ kind: 'http-status', status: 500 }, false],
		// A web page of 404 comes from an address that is wrong.
		[{ kind: 'html', status: 404 }, false],
		[{ kind: 'timeout' }, false],
	] as Array<[ApiFailure, boolean]>)('isNotFound of %j is %s', (failure, expected) => {
		expect(isNotFound(failure)).toBe(expected);
	});
});
