import { describe } from 'vitest';
import { withFakeClocks } from './clocks.mts';
import { genuineProperties } from './genuine.mts';
import { expectAllCases } from './run.mts';

withFakeClocks();

describe('genuine input', () => {
	genuineProperties();
	expectAllCases({ percent: 45 });
});
