/**
 * The form in which remembered deliveries are stored in workflow static data: one text of rows of
 * equal width, because n8n loads and saves all of it with each delivery.
 *
 * A row is 29 characters: 11 for the delivery id, 11 for the signature (64 bits of each, base64url),
 * 6 for the time (base 36, seconds since 2020) and 1 for the state.
 */
export interface StoredRecord {
	/** The process that wrote the record: what it wrote it still knows, so it need not read it. */
	writer: string;
	/** Newest signed time, unix seconds, of the deliveries that were forgotten. */
	forgottenUpTo: number;
	rows: string;
}

/** One sighting of a delivery; one delivery has several when it was retried with new signatures. */
export interface Row {
	id: string;
	signature: string;
	/** Unix seconds. */
	time: number;
	done: boolean;
}

/** Width of the key of an id or a signature, in characters. */
export const KEY_WIDTH = 11;
/** Stands where a delivery has no signature; not in the alphabet of keys. */
export const NO_SIGNATURE = '.'.repeat(KEY_WIDTH);

const TIME_WIDTH = 6;
const ROW_WIDTH = KEY_WIDTH + KEY_WIDTH + TIME_WIDTH + 1;
const EPOCH = Date.UTC(2020, 0, 1) / 1000;

export function writeRow({ id, signature, time, done }: Row): string {
	const seconds = Math.max(0, time - EPOCH)
		.toString(36)
		.padStart(TIME_WIDTH, '0');
	return `${id}${signature}${seconds.slice(-TIME_WIDTH)}${done ? 'd' : 'c'}`;
}

/** Reads rows; anything that is not a record (an edited or damaged one) gives no rows. */
export function readRows(rows: unknown): Row[] {
	if (typeof rows !== 'string' || rows.length % ROW_WIDTH !== 0) return [];
	const read: Row[] = [];
	for (let start = 0; start < rows.length; start += ROW_WIDTH) {
		const timeAt = start + 2 * KEY_WIDTH;
		const seconds = Number.parseInt(rows.slice(timeAt, timeAt + TIME_WIDTH), 36);
		read.push({
			id: rows.slice(start, start + KEY_WIDTH),
			signature: rows.slice(start + KEY_WIDTH, timeAt),
			time: EPOCH + (Number.isNaN(seconds) ? 0 : seconds),
			done: rows[timeAt + TIME_WIDTH] === 'd',
		});
	}
	return read;
}

/**
 * A stored record, whatever is found in its place.
 *
 * @param now unix ms. Nothing can be forgotten that is still to come: a time that says so is damage,
 *   and would have every delivery until then refused
 */
export function readRecord(stored: unknown, now: number): StoredRecord {
	const { writer, forgottenUpTo, rows } = (stored ?? {}) as Partial<StoredRecord>;
	return {
		writer: typeof writer === 'string' ? writer : '',
		forgottenUpTo:
			typeof forgottenUpTo === 'number' && forgottenUpTo * 1000 <= now ? forgottenUpTo : 0,
		rows: typeof rows === 'string' ? rows : '',
	};
}
