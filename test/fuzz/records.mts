import fc from 'fast-check';
import assert from 'node:assert/strict';
import { recorded, signed } from './deliveries.mts';
import { expectHarmless } from './harmless.mts';
import { property } from './run.mts';
import { storedLedger } from '../support/ledger.mts';
import { nextSecond, TriggerUnderTest } from './trigger.mts';

/*
 * Static data can be edited: a Code node writes it, an import brings it along, a disk damages it.
 * Whatever is found there, no genuine delivery is refused for it.
 */

const HOUR = 3600;

const number = fc.oneof(
	fc.constantFrom(9e15, 1e300, -1e300, Number.MAX_SAFE_INTEGER, 2 ** 31, -1, 0.5),
	fc.integer(),
	fc.double(),
);

const rows = fc.oneof(
	fc.string(),
	fc
		.array(
			fc.string({ minLength: 23, maxLength: 23, unit: fc.constantFrom(...'azAZ09zzzz.do-_ ') }),
		)
		.map((parts) => parts.join('')),
	fc.array(fc.nat(HOUR)).map((ages) => storedLedger(ages.map((age) => seconds() - age)).rows),
	fc.jsonValue(),
);

const damaged = fc.oneof(
	fc.jsonValue(),
	fc.record(
		{
			writer: fc.oneof(fc.string(), fc.jsonValue()),
			forgottenUpTo: fc.oneof(number, fc.jsonValue()),
			changesForgottenUpTo: fc.oneof(number, fc.jsonValue()),
			keptUntil: fc.oneof(number, fc.jsonValue()),
			open: rows,
			rows,
		},
		{ requiredKeys: [] },
	),
);

export function recordProperties(): void {
	property(
		'a genuine delivery is not refused and runs once after any damage to the record',
		4,
		fc.record({ damaged, body: fc.constantFrom(...recorded) }),
		async ({ damaged, body }) => {
			const trigger = new TriggerUnderTest({
				stored: (nodeId) => ({ [`cxoneExpert:${nodeId}`]: damaged }),
			});
			for (let i = 0; i < 2; i++) {
				const delivery = signed(body, nextSecond());
				const response = await trigger.receive(delivery);
				assert.equal(response.status, 200);
				assert.equal(response.items?.length, 1);
				assert.deepEqual(await trigger.receive(delivery), { status: 200 });
			}
			expectHarmless(undefined);
		},
	);
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}
