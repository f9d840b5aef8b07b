import { describe, expect, it } from 'vitest';

import {
	readRecord,
	readRows,
	type Row,
	rowsInCommon,
	rowsToRead,
	writeRow,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';
import { KEY_CHARS, NO_KEY } from '../../../../../nodes/CxoneExpert/trigger/record-columns.ts';

const NOW = 1_769_792_386;

const row: Row = { id: 'abcdef-_', message: 'ABCDEF01', time: NOW, isDone: true };

describe('writeRow', () => {
	it('a row has 23 characters, whatever is in it', () => {
		expect(writeRow(row)).toHaveLength(23);
		expect(writeRow({ ...row, message: NO_KEY })).toHaveLength(23);
		expect(writeRow({ ...row, time: 0 })).toHaveLength(23);
		expect(writeRow({ ...row, time: 9_999_999_999 })).toHaveLength(23);
	});

	it('a row has the form that stored records have', () => {
		const time = (NOW - Date.UTC(2020, 0, 1) / 1000).toString(36).padStart(6, '0');
		expect(writeRow(row)).toBe(`abcdef-_ABCDEF01${time}d`);
		expect(writeRow({ ...row, isDone: false })).toBe(`abcdef-_ABCDEF01${time}o`);
	});

	it.each([
		['done', row],
		['open', { ...row, isDone: false }],
		['without a message', { ...row, message: NO_KEY }],
		['of the first second', { ...row, time: Date.UTC(2020, 0, 1) / 1000 }],
		['of the year 2088', { ...row, time: Date.UTC(2088, 5, 1) / 1000 }],
	])('a row that is %s is read back as it was', (_case, written) => {
		expect(readRows(writeRow(written))).toEqual([written]);
	});

	it('a row of a time before 2020 is read back as of 2020, never as newer', () => {
		expect(readRows(writeRow({ ...row, time: 1 }))[0]?.time).toBe(Date.UTC(2020, 0, 1) / 1000);
	});
});

describe('readRows', () => {
	it('rows are read in their order', () => {
		const rows = [row, { ...row, id: 'bbbbbbbb', isDone: false }, { ...row, id: 'cccccccc' }];
		expect(readRows(rows.map(writeRow).join(''))).toEqual(rows);
	});

	it.each([
		['nothing', ''],
		['a row that was cut', writeRow(row).slice(1)],
		['a row with something behind it', `${writeRow(row)}x`],
	])('readRows finds no rows in %s', (_case, stored) => {
		expect(readRows(stored)).toEqual([]);
	});

	it('damaged rows are read as open and old, so that they hide nothing', () => {
		expect(readRows('?'.repeat(23))).toEqual([
			{
				id: '?'.repeat(8),
				message: '?'.repeat(8),
				time: Date.UTC(2020, 0, 1) / 1000,
				isDone: false,
			},
		]);
	});
});

describe('rowsInCommon', () => {
	const text = (...ids: string[]) =>
		ids.map((id) => writeRow({ ...row, id: id.repeat(KEY_CHARS) })).join('');

	it.each([
		['the same text', text('a', 'b', 'c'), text('a', 'b', 'c'), 3],
		['a text with rows behind it', text('a', 'b', 'c'), text('a', 'b'), 2],
		['a text whose first row is gone', text('b', 'c', 'd'), text('a', 'b', 'c'), 2],
		['a text with a row in between', text('a', 'x', 'b'), text('a', 'b'), 1],
		['a text with a row before it', text('x', 'a', 'b'), text('a', 'b'), 0],
		['another text', text('x'), text('a'), 0],
		['no text', '', text('a'), 0],
		['a text when nothing was before', text('a'), '', 0],
	])('rowsInCommon counts the rows of %s', (_case, rows, earlier, expected) => {
		expect(rowsInCommon(rows, earlier)).toBe(expected);
	});

	it('a row whose state has changed is not in common', () => {
		const earlier = text('a') + writeRow({ ...row, isDone: false });
		expect(rowsInCommon(text('a') + writeRow(row), earlier)).toBe(1);
	});

	it('rows are not found across the edge of two others', () => {
		const earlier = text('a', 'b');
		expect(rowsInCommon(earlier.slice(5, 28), earlier)).toBe(0);
	});
});

describe('rowsToRead', () => {
	it('what was read before is read again only while it is open', () => {
		const rows = [row, { ...row, isDone: false }, row, row];
		const read = rowsToRead(rows.map(writeRow).join(''), { count: 3, evictedUpTo: NOW - 1 });
		expect(read).toEqual([
			{ ...row, isDone: false, index: 1 },
			{ ...row, index: 3 },
		]);
	});

	it('what may have been evicted since is read again', () => {
		const rows = [NOW - 2, NOW - 1, NOW].map((time) => ({ ...row, time }));
		const text = rows.map(writeRow).join('');
		const read = rowsToRead(text, { count: 3, evictedUpTo: NOW - 1 });
		expect(read.map(({ time }) => time)).toEqual([NOW - 2, NOW - 1]);
	});
});

describe('readRecord', () => {
	it('readRecord gives a stored record as it is', () => {
		const stored = { writer: 'w', forgottenUpTo: 7, expiresAt: 9, rows: writeRow(row) };
		expect(readRecord(stored, NOW)).toEqual(stored);
	});

	it.each([
		...[undefined, null, {}, 'text', 7, []],
		{ rows: 5, forgottenUpTo: 'x', writer: null, expiresAt: '1' },
		{ writer: { toString: 1 } },
		// Nobody can have forgotten what is still to come.
		{ forgottenUpTo: NOW + 1 },
		{ forgottenUpTo: Infinity },
	])('readRecord gives an empty record for %j', (stored) => {
		expect(readRecord(stored, NOW)).toEqual({
			writer: '',
			forgottenUpTo: 0,
			expiresAt: 0,
			rows: '',
		});
	});
});
