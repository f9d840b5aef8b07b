import { describe, expect, it } from 'vitest';

import { STATUS_BY_REASON } from '../../../nodes/CxoneExpert/shared/rejection.ts';

describe('STATUS_BY_REASON', () => {
	it('the statuses of rejections are those of the contract', () => {
		expect(STATUS_BY_REASON).toEqual({
			'authorization missing': 401,
			'authorization wrong': 401,
			'delivery id missing': 400,
			'delivery id malformed': 400,
			'timestamp missing': 400,
			'timestamp malformed': 400,
			'signature missing': 401,
			'signature malformed': 401,
			'signature wrong': 401,
			'timestamp outside the window': 401,
			'body too large': 413,
			'body incomplete': 400,
		});
	});
});
