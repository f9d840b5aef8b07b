import { afterAll, beforeAll, vi } from 'vitest';
import { printFigures } from './run.mts';

/** For all properties of a file: time stands still until one sets it, and figures come at the end. */
export function withFakeClocks(): void {
	beforeAll(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
	afterAll(() => {
		vi.useRealTimers();
		printFigures();
	});
}
