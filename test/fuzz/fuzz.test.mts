import { afterAll, beforeAll, describe, vi } from 'vitest';
import { forgedProperties } from './forged.mts';
import { genuineProperties } from './genuine.mts';
import { largeProperties } from './large.mts';
import { memoryProperties } from './memory.mts';
import { recordProperties } from './records.mts';
import { expectAllCases, printFigures } from './run.mts';

beforeAll(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
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
	memoryProperties();
	expectAllCases();
});
