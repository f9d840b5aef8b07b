import { tryToParseDateTime } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { timeOf } from '../../../../nodes/CxoneExpert/actions/input/time.ts';

const zoned = (value: unknown, zone = 'Europe/Berlin') => {
	const time = timeOf(value, zone);
	return time === undefined ? undefined : new Date(time).toISOString();
};

describe('timeOf', () => {
	it.each([
		['an ISO text in UTC', '2026-01-30T16:59:45Z', '2026-01-30T16:59:45.000Z'],
		['fractions of a second', '2026-01-30T16:59:45.652Z', '2026-01-30T16:59:45.652Z'],
		['an offset', '2026-01-30T16:59:45+05:30', '2026-01-30T11:29:45.000Z'],
		['what the field gives: local time', '2026-01-30T16:59:45', '2026-01-30T15:59:45.000Z'],
		['local time in summer', '2026-07-30T16:59:45', '2026-07-30T14:59:45.000Z'],
		['a day', '2026-01-30', '2026-01-29T23:00:00.000Z'],
		['SQL', '2026-01-30 16:59:45', '2026-01-30T15:59:45.000Z'],
		['HTTP', 'Mon, 03 Apr 2017 15:42:27 GMT', '2017-04-03T15:42:27.000Z'],
		['white space around it', ' 2026-01-30T16:59:45Z\n', '2026-01-30T16:59:45.000Z'],
		['Unix time in seconds', 1769792385, '2026-01-30T16:59:45.000Z'],
		['Unix time in ms, as text', '1769792385652', '2026-01-30T16:59:45.652Z'],
		['a Date', new Date('2026-01-30T16:59:45.652Z'), '2026-01-30T16:59:45.652Z'],
		[
			'a luxon DateTime, in its own zone',
			tryToParseDateTime('2026-01-30T16:59:45', 'Asia/Tokyo'),
			'2026-01-30T07:59:45.000Z',
		],
	])('timeOf parses %s', (_case, value, time) => {
		expect(zoned(value)).toBe(time);
	});

	it.each([
		['America/New_York', '-05:00'],
		['Asia/Kolkata', '+05:30'],
		['UTC', 'Z'],
	])('timeOf treats local time as that of %s', (zone, offset) => {
		expect(timeOf('2026-01-30T16:59:45', zone)).toBe(Date.parse(`2026-01-30T16:59:45${offset}`));
	});

	it.each([
		...['', 'yesterday', 'undefined', '2026', '5', 'page 2026', '2026-13-45', '2026-01-30T25:00'],
		...[undefined, null, true, 42, Number.NaN, {}, [], new Date(Number.NaN)],
		...[Object.create(null), { toISO: () => null }],
	])('timeOf does not guess what %s means', (value) => {
		expect(timeOf(value, 'UTC')).toBeUndefined();
	});
});
