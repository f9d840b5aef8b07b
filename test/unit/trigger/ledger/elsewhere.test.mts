import { describe, expect, it } from 'vitest';

import {
	mayBeFromBefore,
	mayHaveRunElsewhere,
} from '../../../../nodes/CxoneExpert/trigger/ledger/elsewhere.ts';
import { arrivalOf } from '../../../../nodes/CxoneExpert/trigger/ledger/arrival.ts';
import { parseDelivery } from '../../../../nodes/CxoneExpert/event/parse.ts';
import { n8nOf, nodeState, type NodeState } from '../../../support/unit/delivery-context.mts';

/** Long after the start of this process, so that nothing looks older than it. */
const NOW = Date.now() + 24 * 3_600_000;
/** Before any process has started. */
const LONG_AGO = Date.parse('2020-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const xml = (text: string) => parseDelivery(Buffer.from(text), undefined);
const event = (time: number) => xml(`<event datetime="${new Date(time).toISOString()}"/>`);
const UNREADABLE = xml('not XML');

interface Case {
	text?: ReturnType<typeof xml>;
	signedAt?: number | undefined;
	now?: number;
	isShared?: boolean;
	instanceType?: string;
	mode?: NodeState['mode'];
}

/** Whether an unknown delivery is marked; a young one, in the only process, unless a case says otherwise. */
function isMarked(given: Case): boolean {
	const { text = event(NOW - 1000), now = NOW, isShared = false, instanceType, mode } = given;
	const signedAt = 'signedAt' in given ? given.signedAt : now;
	const arrival = arrivalOf(
		{
			deliveryId: 'd',
			body: Buffer.alloc(0),
			isOutsideWindow: false,
			timestamp: '',
			...(signedAt === undefined ? {} : { signedAt }),
		},
		text,
		[],
		now,
	);
	const n8n = n8nOf(nodeState(mode && { mode }));
	Object.assign(n8n, { instanceSettings: { instanceType } });
	return mayHaveRunElsewhere(arrival, text, { isShared }, { n8n, now });
}

describe('mayHaveRunElsewhere, in the only process that takes deliveries', () => {
	it.each([
		['is old by its own time', { text: event(LONG_AGO) }, true],
		['is old by the signed time', { signedAt: LONG_AGO }, true],
		['is old by the signed time and unreadable', { signedAt: LONG_AGO, text: UNREADABLE }, true],
		['is younger than the process', { text: event(NOW - HOUR) }, false],
		['is young and not signed', { signedAt: undefined }, false],
		['is old and comes in a test', { text: event(LONG_AGO), mode: 'manual' }, false],
	] as Array<[string, Case, boolean]>)(
		'an unknown delivery that %s is marked: $2',
		(_case, given, expected) => {
			expect(isMarked(given)).toBe(expected);
		},
	);

	it.each([
		['names no time', xml('<event/>')],
		['names a time that cannot be read', xml('<event datetime="soon"/>')],
		['cannot be read', UNREADABLE],
		[
			'is one of several of which another names its time',
			xml(
				`<events><event datetime="${new Date(performance.timeOrigin + HOUR).toISOString()}"/><event/></events>`,
			),
		],
	])('a delivery is marked for as long as Expert may retry when it %s', (_case, text) => {
		const after = (minutes: number) => performance.timeOrigin + minutes * MINUTE;
		expect(isMarked({ text, now: after(1) })).toBe(true);
		expect(isMarked({ text, now: after(59) })).toBe(true);
		expect(isMarked({ text, now: after(62) })).toBe(false);
	});
});

it.each<[string, Case]>([
	['a webhook process of queue mode', { instanceType: 'webhook' }],
	[
		'a main process beside which another one stores deliveries',
		{ isShared: true, instanceType: 'main' },
	],
	['a process that n8n does not name, beside another one', { isShared: true }],
])(
	'mayHaveRunElsewhere marks what is ten minutes old or has no time, in %s',
	(_process, others) => {
		const marked = [1000, 9 * MINUTE, 10 * MINUTE].map((age) =>
			isMarked({ ...others, text: event(NOW - age) }),
		);
		expect(marked).toEqual([false, false, true]);
		expect(isMarked({ ...others, text: xml('<event/>') })).toBe(true);
		expect(isMarked({ ...others, text: event(NOW - HOUR), mode: 'manual' })).toBe(false);
	},
);

describe('mayBeFromBefore', () => {
	const start = 1_000_000_000_000;
	const at = (seconds: number) => start + seconds * 1000;

	it.each([
		['an event from before', [at(-1)], undefined, at(100), true],
		['an event at that moment', [at(0)], undefined, at(100), true],
		['an event 2 seconds after: clocks differ', [at(2)], undefined, at(100), true],
		['an event 10 seconds after', [at(10)], undefined, at(100), false],
		['an old event that was re-signed', [at(-50)], at(99), at(100), true],
		['an old signature', [at(99)], at(-50), at(100), true],
		['an event of now', [at(100)], at(100), at(100), false],
		['a site that is 200 seconds ahead', [at(300), at(299)], undefined, at(100), true],
		['a site that is 20 seconds ahead', [at(120), at(119)], undefined, at(100), false],
		['no time, within an hour', [Number.NaN], at(100), at(100), true],
		['no time, much later', [Number.NaN], at(4000), at(4000), false],
		[
			'a time that is not known beside one that is',
			[Number.NaN, at(-1)],
			undefined,
			at(9999),
			true,
		],
	])('mayBeFromBefore of %s', (_case, happened, signed, now, expected) => {
		expect(mayBeFromBefore(happened, signed, now, start)).toBe(expected);
	});
});
