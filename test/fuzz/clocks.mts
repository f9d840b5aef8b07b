import { afterAll, beforeAll, vi } from 'vitest';
import { presentMoment } from '../../nodes/CxoneExpert/trigger/clock.ts';
import { printFigures } from './run.mts';

/** For all properties of a file: time stands still until one sets it, and figures come at the end. */
export function withFakeClocks(): void {
	beforeAll(() => {
		vi.useFakeTimers({ toFake: ['Date', 'performance'] });
		// Both clocks of the node tell the same time from here on.
		vi.setSystemTime(presentMoment().steady);
	});
	afterAll(() => {
		vi.useRealTimers();
		printFigures();
	});
}
