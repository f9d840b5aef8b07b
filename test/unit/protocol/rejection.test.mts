import { expect, it } from 'vitest';
import {
	dependsOnSecret,
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

it.each([
	[7, /7 minutes ago .* 'Deliveries: Max Age'/],
	[-7, /7 minutes in the future .*that of the site is ahead/],
])('a delivery signed %i minutes ago is explained by the clocks', (signedMinutesAgo, says) => {
	const { problem, advice } = rejectionMessage({ reason: 'timestamp outside the window', signedMinutesAgo });
	expect(`${problem}. ${advice}`).toMatch(says);
});

it('another secret may accept what is wrong with a signature or its time, except its age', () => {
	const ofSignature = reasons.filter((reason) => /^(signature|timestamp) (?!outside)/.test(reason));
	expect(reasons.filter(dependsOnSecret)).toEqual(ofSignature);
});
