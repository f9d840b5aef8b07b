import { KEY_CHARS, readTime, TIME_CHARS, writeTime } from '../../record-columns';

/**
 * The form in which remembered deliveries are stored in workflow static data: one text of narrow rows
 * of equal width, because n8n loads and saves all of it with each delivery.
 *
 * A row has 23 characters: 8 for the delivery id, 8 for the signed message (48 bits of each,
 * base64url), 6 for the time (seconds since 2020 in base 36, up to 2089), 1 for the state.
 *
 * With 48 bits, one in seven billion deliveries is mistaken for one of 10,000 others.
 */
export interface StoredRecord {
	/** The store that wrote the record: what it wrote it still knows, so it need not read it. */
	writer: string;
	/** Newest signed time, unix seconds, of the attempts that were evicted. Stored under this name. */
	forgottenUpTo: number;
	/** Unix seconds from when on nothing in the record is needed. */
	expiresAt: number;
	rows: string;
}

/** One attempt. A delivery that was retried with new timestamps has several. */
export interface Row {
	id: string;
	/** NO_KEY where it was not signed. */
	message: string;
	/** Unix seconds. */
	time: number;
	/** Its execution is saved. Otherwise nobody knows whether it ran. */
	isDone: boolean;
}

/** A row and how many are before it. */
export interface PlacedRow extends Row {
	index: number;
}

/** Width of a row. */
export const ROW_CHARS = KEY_CHARS + KEY_CHARS + TIME_CHARS + 1;
const DONE = 'd';
const OPEN = 'o';

export function writeRow({ id, message, time, isDone }: Row): string {
	// Joined, the parts are one flat string in V8: all rows are read for each record.
	return [id, message, writeTime(time), isDone ? DONE : OPEN].join('');
}

const NOTHING_READ: ReadBefore = { count: 0, evictedUpTo: 0 };

/** All rows; anything that is not a record (an edited or damaged one) gives none. */
export function readRows(rows: string): Row[] {
	if (isDamaged(rows)) return [];
	return rowsToRead(rows, NOTHING_READ).map(({ id, message, time, isDone }) => {
		return { id, message, time, isDone };
	});
}

export function isDamaged(rows: string): boolean {
	return rows.length % ROW_CHARS !== 0;
}

/**
 * How many rows a text has in common with an earlier one, without a gap: the first ones of the earlier
 * text may be gone, and others may follow.
 */
export function rowsInCommon(rows: string, earlier: string): number {
	const start = earlier.indexOf(rows.slice(0, ROW_CHARS));
	if (rows === '' || start < 0 || start % ROW_CHARS !== 0) return 0;
	return Math.floor(charsInCommon(rows, earlier.slice(start)) / ROW_CHARS);
}

/** By halves: comparing two slices takes next to nothing, and looking at each character does not. */
function charsInCommon(one: string, other: string): number {
	let same = 0;
	let different = Math.min(one.length, other.length) + 1;
	while (different - same > 1) {
		const middle = Math.floor((same + different) / 2);
		if (one.slice(same, middle) === other.slice(same, middle)) same = middle;
		else different = middle;
	}
	return same;
}

/** What of a text was read before. */
export interface ReadBefore {
	/** So many rows, from the first one on. */
	count: number;
	/** Newest time, unix seconds, of what may have been evicted since. */
	evictedUpTo: number;
}

/** The rows that are to be read: new ones, open ones, and those that may have been evicted. */
export function rowsToRead(rows: string, { count, evictedUpTo }: ReadBefore): PlacedRow[] {
	const found: PlacedRow[] = [];
	let isEvicted = true;
	for (let index = 0; index * ROW_CHARS < rows.length; index++) {
		const end = (index + 1) * ROW_CHARS;
		// The oldest are first: most rows are not even looked at.
		isEvicted &&= readTime(rows.slice(end - 1 - TIME_CHARS, end - 1)) <= evictedUpTo;
		if (index < count && !isEvicted && rows[end - 1] === DONE) continue;
		found.push({ ...readRow(rows.slice(end - ROW_CHARS, end)), index });
	}
	return found;
}

function readRow(row: string): Row {
	const time = row.slice(2 * KEY_CHARS, -1);
	return {
		id: row.slice(0, KEY_CHARS),
		message: row.slice(KEY_CHARS, 2 * KEY_CHARS),
		// What is damaged is old and not done, so that it hides nothing.
		time: readTime(time),
		isDone: row.endsWith(DONE),
	};
}

/**
 * A stored record, whatever is found under its key.
 *
 * @param latest unix seconds. Nothing that is still to come can be evicted: a time that says so is
 *   damage, or a clock that was wrong, and would have every delivery until then rejected
 */
export function readRecord(stored: unknown, latest: number): StoredRecord {
	const { writer, forgottenUpTo, expiresAt, rows } = (stored ?? {}) as Partial<StoredRecord>;
	return {
		writer: typeof writer === 'string' ? writer : '',
		forgottenUpTo: typeof forgottenUpTo === 'number' && forgottenUpTo <= latest ? forgottenUpTo : 0,
		expiresAt: typeof expiresAt === 'number' ? expiresAt : 0,
		rows: typeof rows === 'string' ? rows : '',
	};
}
