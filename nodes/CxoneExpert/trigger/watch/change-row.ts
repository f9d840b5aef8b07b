import { hashKey, KEY_CHARS, NO_KEY, readTime, TIME_CHARS, writeTime } from '../record-columns';
import { type ChangeKind, type ChangeName, RECOVERABLE } from './change-key';

/*
 * A known change as it is kept and stored: a row of fixed length, for there can be ten thousand.
 */

/**
 * How a change has come.
 *
 * - `used up`: recovered, and an event without a page has asked for it
 * - `settled`: its recovery is over, and n8n's store knows whether it has passed on. It is not recovered again,
 *   and is no reason to drop a delivery or to leave out another change
 */
export type Origin = 'delivered' | 'recovered' | 'used up' | 'settled';

const ORIGIN_CHARS = { delivered: 'd', recovered: 'r', 'used up': 'u', settled: 's' } as const;
const ORIGINS = Object.fromEntries(
	Object.entries(ORIGIN_CHARS).map(([origin, char]) => [char, origin as Origin]),
);

export interface Row {
	kind: ChangeKind;
	origin: Origin;
	/** Key of the subject; {@link NO_KEY} for an event that names none. */
	subject: string;
	/** Site time of the change, unix seconds. */
	at: number;
	/** When it was noted, unix seconds. */
	notedAt: number;
	/** As it is stored, written once. */
	text: string;
}

/** Known changes as they are stored. */
export interface StoredChanges {
	/** Who wrote it: what it wrote itself it need not read. */
	writer: string;
	/** Rows, one after the other. */
	known: string;
	/** The site has been seen to send the first text of a page as an edit. */
	sendsFirstTexts?: true;
}

const ROW_CHARS = 2 + KEY_CHARS + 2 * TIME_CHARS;

/** @param now unix ms */
export function rowOf({ kind, subject, at }: ChangeName, origin: Origin, now: number): Row {
	const hash = subject === undefined ? NO_KEY : hashKey(subject);
	const [second, notedAt] = [Math.floor(at / 1000), Math.floor(now / 1000)];
	return withText({ kind, origin, subject: hash, at: second, notedAt });
}

export function withOrigin(row: Row, origin: Origin): Row {
	return withText({ ...row, origin });
}

/** Stored changes, whatever is found in their place. */
export function readStoredChanges(stored: unknown): StoredChanges {
	const { writer, known, sendsFirstTexts } = (stored ?? {}) as Partial<StoredChanges>;
	return {
		writer: typeof writer === 'string' ? writer : '',
		known: typeof known === 'string' ? known : '',
		...(sendsFirstTexts === true && { sendsFirstTexts }),
	};
}

/** Reads rows; anything that is not a record (an edited or damaged one) gives none. */
export function readRows(rows: string): Row[] {
	if (rows.length % ROW_CHARS !== 0) return [];
	return Array.from({ length: rows.length / ROW_CHARS }, (_, index) =>
		readRow(rows.slice(index * ROW_CHARS, (index + 1) * ROW_CHARS)),
	).flat();
}

/** None for a damaged one: what is not known may come twice, but is not lost. */
function readRow(row: string): Row[] {
	const [kind = '', originChar = ''] = row;
	const origin = Object.hasOwn(ORIGINS, originChar) ? ORIGINS[originChar] : undefined;
	if (!Object.hasOwn(RECOVERABLE, kind) || origin === undefined) return [];
	const times = row.slice(2 + KEY_CHARS);
	return [
		withText({
			kind: kind as ChangeKind,
			origin,
			subject: row.slice(2, 2 + KEY_CHARS),
			at: readTime(times.slice(0, TIME_CHARS)),
			notedAt: readTime(times.slice(TIME_CHARS)),
		}),
	];
}

function withText(row: Omit<Row, 'text'>): Row {
	const { kind, origin, subject, at, notedAt } = row;
	const times = writeTime(at) + writeTime(notedAt);
	return { ...row, text: kind + ORIGIN_CHARS[origin] + subject + times };
}
