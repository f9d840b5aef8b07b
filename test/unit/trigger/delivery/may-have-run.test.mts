import { expect, it } from 'vitest';

import { mayBeFromBefore } from '../../../../nodes/CxoneExpert/trigger/delivery/may-have-run.ts';

const start = 1_000_000_000_000;
const at = (seconds: number) => start + seconds * 1000;

it.each([
	['an event from before', [at(-1)], undefined, at(100), true],
	['an event 2 seconds after: clocks differ', [at(2)], undefined, at(100), true],
	['an event 10 seconds after', [at(10)], undefined, at(100), false],
	['an old event that was re-signed', [at(-50)], at(99), at(100), true],
	['an old signature', [at(99)], at(-50), at(100), true],
	['an event of now', [at(100)], at(100), at(100), false],
	['a site that is 200 seconds ahead', [at(300), at(299)], undefined, at(100), true],
	['a site that is 20 seconds ahead', [at(120), at(119)], undefined, at(100), false],
	['no time, within an hour', [Number.NaN], at(100), at(100), true],
	['a time that is not known beside one that is', [Number.NaN, at(-1)], undefined, at(9999), true],
])('mayBeFromBefore of %s', (_case, happened, signed, now, expected) => {
	expect(mayBeFromBefore(happened, signed, now, start)).toBe(expected);
});
