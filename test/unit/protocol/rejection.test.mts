import { expect, it } from 'vitest';
import {
	rejectionMessage,
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../nodes/CxoneExpert/protocol/rejection.ts';

const reasons = Object.keys(STATUS_BY_REASON) as RejectionReason[];

it.each(reasons)('"%s" has a problem that goes on after "because", and whole sentences of advice', (reason) => {
	const { problem, advice } = rejectionMessage({ reason });
	expect(problem).toMatch(/^its? [^.]+[^.]$/);
	expect(advice).toMatch(/^[A-Z].+\.$/);
});
