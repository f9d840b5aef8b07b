import { describe } from 'vitest';
import { withFakeClocks } from './clocks.mts';
import { forgedProperties } from './forged.mts';
import { largeProperties } from './large.mts';
import { recordProperties } from './records.mts';
import { expectAllCases } from './run.mts';
import { ledgerProperties } from './ledger.mts';

withFakeClocks();

describe('hostile input', () => {
	forgedProperties();
	largeProperties();
	recordProperties();
	ledgerProperties();
	expectAllCases({ percent: 55 });
});
