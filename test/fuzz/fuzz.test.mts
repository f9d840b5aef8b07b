import { afterAll, beforeAll, describe, vi } from 'vitest';
import { presentMoment } from '../../nodes/CxoneExpert/trigger/delivery/clock.ts';
import { forgedProperties } from './forged.mts';
import { genuineProperties } from './genuine.mts';
import { largeProperties } from './large.mts';
import { recordProperties } from './records.mts';
import { expectAllCases, printFigures } from './run.mts';
import { storeProperties } from './store.mts';

beforeAll(() => {
	vi.useFakeTimers({ toFake: ['Date', 'performance'] });
	// Both clocks of the node tell the same time from here on.
	vi.setSystemTime(presentMoment().steady);
});

afterAll(() => {
	vi.useRealTimers();
	printFigures();
});

describe('hostile input', () => {
	genuineProperties();
	forgedProperties();
	largeProperties();
	recordProperties();
	storeProperties();
	expectAllCases();
});
