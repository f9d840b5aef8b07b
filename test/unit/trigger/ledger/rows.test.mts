import { describe, expect, it } from 'vitest';

import {
	hashKey,
	NewRows,
	readChangeRows,
	readRows,
	readStoredRecord,
	type Row,
	writeChangeRow,
	writeRow,
} from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';

const TIME = 1_800_000_000;
const row: Row = { id: hashKey('id'), name: hashKey('name'), time: TIME, state: 'done' };
const change = { key: hashKey('key'), at: TIME - 5 };

describe('rows', () => {
	it('a row is read as it was written, in 23 characters', () => {
		const rows: Row[] = [row, { ...row, state: 'open' }];
		expect(readRows(rows.map(writeRow).join(''))).toEqual(rows);
		expect(writeRow(row)).toHaveLength(23);
	});

	it('a row of a change is read as it was written, in 14 characters', () => {
		const rows = [change, { ...change, at: TIME }];
		expect(readChangeRows(rows.map(writeChangeRow).join(''))).toEqual(rows);
		expect(writeChangeRow(change)).toHaveLength(14);
		expect(readChangeRows(writeChangeRow(change).slice(1))).toEqual([]);
	});

	it('of a text that grows only what was added is new, by writer', () => {
		const rows = new NewRows();
		expect([rows.in('ab', 'w'), rows.in('abc', 'w'), rows.in('abc', 'x')]).toEqual(['ab', 'c', 'abc']);
		expect(rows.in('xyz', 'w')).toBe('xyz');
	});

	it.each([
		['a text that is cut off', writeRow(row).slice(1)],
		['rows with something between them', `${writeRow(row)}-${writeRow(row)}`],
		['a row without a known state', `${writeRow(row).slice(0, -1)}x`],
	])('%s gives no rows', (_case, text) => {
		expect(readRows(text)).toEqual([]);
	});
});

describe('readStoredRecord', () => {
	const stored = {
		writer: 'w',
		forgottenUpTo: TIME,
		keptUntil: TIME + 2,
		rows: writeRow(row),
		open: writeRow({ ...row, state: 'open' }),
		changes: writeChangeRow(change),
	};

	it('a stored record is read as it was written', () => {
		expect(readStoredRecord(stored, TIME)).toEqual(stored);
	});

	it('a time that is still to come can have been forgotten by nobody', () => {
		expect(readStoredRecord(stored, TIME - 1).forgottenUpTo).toBe(0);
	});

	it.each([undefined, null, 'text', 7, { writer: 1, rows: 2, open: {}, forgottenUpTo: 'x' }])(
		'whatever else is found there (%j) is nothing known',
		(found) => {
			expect(readStoredRecord(found, TIME)).toEqual({
				writer: '',
				forgottenUpTo: 0,
				keptUntil: 0,
				rows: '',
				open: '',
				changes: '',
			});
		},
	);
});
