import { describe, expect, it } from 'vitest';
import {
	rejectionMessage,
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../nodes/CxoneExpert/protocol/rejection.ts';

const reasons = Object.keys(STATUS_BY_REASON) as RejectionReason[];

describe('rejectionMessage', () => {
	it.each(reasons)(
		'"%s" has a problem that goes on after "because", and whole sentences of advice',
		(reason) => {
			const { problem, advice } = rejectionMessage({ reason });
			expect(problem).toMatch(/^its? [^.]+[^.]$/);
			expect(advice).toMatch(/^[A-Z].+\.$/);
		},
	);

	it.each([
		[1, 'it was signed 1 minute ago by the clock of n8n'],
		[75, 'it was signed 75 minutes ago by the clock of n8n'],
		[-6, 'it was signed 6 minutes in the future by the clock of n8n'],
	])('a clock that differs by %i minutes is told in minutes', (signedMinutesAgo, problem) => {
		const reason = 'timestamp outside the window';
		expect(rejectionMessage({ reason, signedMinutesAgo }).problem).toBe(problem);
	});
});
