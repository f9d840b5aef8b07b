import { describe, expect, it } from 'vitest';

import {
	hashKey,
	NO_KEY,
	readRows,
	readStoredLedger,
	type Row,
	writeRow,
} from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';

const TIME = 1_800_000_000;
const row: Row = { id: hashKey('id'), name: hashKey('name'), time: TIME, state: 'done' };
const changed: Row = { ...row, state: 'open', change: { kind: 'e', page: NO_KEY, at: TIME - 5 } };

describe('rows', () => {
	it('a row is read as it was written, with a change or without', () => {
		const rows: Row[] = (['open', 'done', 'recovered', 'settled'] as const).flatMap((state) => [
			{ ...row, state },
			{ ...changed, state },
		]);
		expect(readRows(rows.map(writeRow).join(''))).toEqual(rows);
	});

	it('a row has 23 characters, and 38 with a change', () => {
		expect(writeRow(row)).toHaveLength(23);
		expect(writeRow(changed)).toHaveLength(38);
	});

	it.each([
		['a text that is cut off', writeRow(row).slice(1)],
		['another text', 'not a record'],
		['rows with something between them', `${writeRow(row)}-${writeRow(row)}`],
		['a row without a known state', `${writeRow(row).slice(0, -1)}x`],
	])('%s gives no rows', (_case, text) => {
		expect(readRows(text)).toEqual([]);
	});

	it('times before 2020, fractions and times after 2089 keep the width', () => {
		const times = [0, TIME + 0.7, 1e12].map((time) => writeRow({ ...row, time }));
		expect(times.map((text) => text.length)).toEqual([23, 23, 23]);
		expect(readRows(times[1]!)[0]?.time).toBe(TIME);
	});
});

describe('readStoredLedger', () => {
	const stored = {
		writer: 'w',
		forgottenUpTo: TIME,
		changesForgottenUpTo: TIME,
		keptUntil: TIME + 2,
		rows: writeRow(row),
		open: writeRow(changed),
	};

	it('a stored ledger is read as it was written', () => {
		expect(readStoredLedger(stored, TIME)).toEqual(stored);
	});

	it('a time that is still to come can have been forgotten by nobody', () => {
		expect(readStoredLedger(stored, TIME - 1).forgottenUpTo).toBe(0);
	});

	it.each([undefined, null, 'text', 7, { writer: 1, rows: 2, open: {}, forgottenUpTo: 'x' }])(
		'whatever else is found there (%j) is nothing known',
		(found) => {
			expect(readStoredLedger(found, TIME)).toEqual({
				writer: '',
				forgottenUpTo: 0,
				changesForgottenUpTo: 0,
				keptUntil: 0,
				rows: '',
				open: '',
			});
		},
	);
});
