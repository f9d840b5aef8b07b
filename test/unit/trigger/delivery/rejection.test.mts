import { expect, it } from 'vitest';

import { outsideWindow } from '../../../../nodes/CxoneExpert/trigger/delivery/rejection.ts';

const now = 600_000;

it.each([
	[0, 10],
	[1_200_000, -10],
])('a delivery signed at %i ms is %i minutes old', (signedAt, signedMinutesAgo) => {
	expect(outsideWindow(signedAt, now)).toMatchObject({ signedMinutesAgo });
});

it('a delivery that was not signed has no age', () => {
	expect(outsideWindow(undefined, now)).toEqual({ reason: 'timestamp outside the window' });
});
