import { describe, expect, it } from 'vitest';

import {
	KEY_WIDTH,
	NO_SIGNATURE,
	readRecord,
	readRows,
	type Row,
	writeRow,
} from '../../nodes/CxoneExpert/trigger/delivery/record.ts';

const NOW = 1_769_792_386_000;

const row: Row = {
	id: 'abcdef-_',
	signature: 'ABCDEF01',
	time: 1_769_792_386,
	done: true,
};

describe('a row', () => {
	it('has 22 characters, whatever is in it', () => {
		expect(writeRow(row)).toHaveLength(22);
		expect(writeRow({ ...row, signature: NO_SIGNATURE })).toHaveLength(22);
		expect(writeRow({ ...row, time: 0 })).toHaveLength(22);
		expect(writeRow({ ...row, time: 9_999_999_999 })).toHaveLength(22);
	});

	it('has the form that stored records have', () => {
		expect(writeRow(row)).toBe(`abcdef-_ABCDEF01${timeText(row.time, 1)}`);
		expect(writeRow({ ...row, done: false })).toBe(`abcdef-_ABCDEF01${timeText(row.time, 0)}`);
	});

	it.each([
		['done', row],
		['claimed', { ...row, done: false }],
		['without a signature', { ...row, signature: NO_SIGNATURE }],
		['of the first second', { ...row, time: Date.UTC(2020, 0, 1) / 1000 }],
		['of the year 2054', { ...row, time: Date.UTC(2054, 5, 1) / 1000 }],
	])('%s is read back as it was', (_case, written) => {
		expect(readRows(writeRow(written))).toEqual([written]);
	});

	it('of a time before 2020 is read back as of 2020: never as newer', () => {
		expect(readRows(writeRow({ ...row, time: 1 }))[0]?.time).toBe(Date.UTC(2020, 0, 1) / 1000);
	});

	it('cannot hold a key that looks like none', () => {
		expect(NO_SIGNATURE).toHaveLength(KEY_WIDTH);
		expect(NO_SIGNATURE).not.toMatch(/[\w-]/);
	});
});

function timeText(time: number, state: number): string {
	return ((time - Date.UTC(2020, 0, 1) / 1000) * 2 + state).toString(36).padStart(6, '0');
}

describe('rows', () => {
	it('are read in their order', () => {
		const rows = [row, { ...row, id: 'bbbbbbbb', done: false }, { ...row, id: 'cccccccc' }];
		expect(readRows(rows.map(writeRow).join(''))).toEqual(rows);
	});

	it.each([
		['nothing', undefined],
		['null', null],
		['a list', [writeRow(row)]],
		['a number', 22],
		['a row that was cut', writeRow(row).slice(1)],
		['a row with something behind it', `${writeRow(row)}x`],
	])('%s gives none', (_case, stored) => {
		expect(readRows(stored)).toEqual([]);
	});

	it('a damaged row of the right length is read as claimed and old, so that it hides nothing', () => {
		expect(readRows('?'.repeat(22))).toEqual([
			{
				id: '?'.repeat(8),
				signature: '?'.repeat(8),
				time: Date.UTC(2020, 0, 1) / 1000,
				done: false,
			},
		]);
	});
});

describe('readRecord', () => {
	it('gives a stored record as it is', () => {
		const stored = { writer: 'w', forgottenUpTo: 7, rows: writeRow(row) };
		expect(readRecord(stored, NOW)).toEqual(stored);
	});

	it.each([
		...[undefined, null, {}, 'text', 7, []],
		{ rows: 5, forgottenUpTo: 'x', writer: null },
		{ writer: { toString: 1 } },
		// Nobody can have forgotten what is still to come.
		{ forgottenUpTo: NOW / 1000 + 1 },
		{ forgottenUpTo: Infinity },
	])('gives an empty record for %j', (stored) => {
		expect(readRecord(stored, NOW)).toEqual({ writer: '', forgottenUpTo: 0, rows: '' });
	});
});
