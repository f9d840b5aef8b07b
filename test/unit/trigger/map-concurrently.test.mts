import { expect, it } from 'vitest';

import { mapConcurrently } from '../../../nodes/CxoneExpert/trigger/map-concurrently.ts';
import { letSettle } from '../../support/integration/stop-time.mts';

it('mapConcurrently asks for twelve things five at a time, and keeps their order', async () => {
	const all = Array.from({ length: 12 }, (_, index) => index);
	const waiting: Array<() => void> = [];
	const responses = mapConcurrently(all, async (each) => {
		await new Promise<void>((resolve) => waiting.push(resolve));
		return `response ${each}`;
	});
	for (let responded = 0; responded < all.length; responded++) {
		await letSettle();
		expect(waiting).toHaveLength(Math.min(all.length - responded, 5));
		waiting.shift()!();
	}
	expect(await responses).toEqual(all.map((each) => `response ${each}`));
});
