/**
 * The form in which remembered deliveries are stored in workflow static data: one text of rows of
 * equal width, and narrow ones, because n8n loads and saves all of it with each delivery.
 *
 * A row is 22 characters: 8 for the delivery id, 8 for the signature (48 bits of each, base64url),
 * 6 for time and state (base 36: twice the seconds since 2020, and 1 more when done; up to 2054).
 *
 * With 48 bits, a delivery that meets 10,000 others is taken for one of them once in seven billion.
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
export const KEY_WIDTH = 8;
/** Stands where a delivery has no signature; not in the alphabet of keys. */
export const NO_SIGNATURE = '.'.repeat(KEY_WIDTH);

const TIME_WIDTH = 6;
const ROW_WIDTH = KEY_WIDTH + KEY_WIDTH + TIME_WIDTH;
const EPOCH = Date.UTC(2020, 0, 1) / 1000;
const LAST_SECOND = 36 ** TIME_WIDTH / 2 - 1;

export function writeRow({ id, signature, time, done }: Row): string {
	const seconds = Math.min(Math.max(0, time - EPOCH), LAST_SECOND);
	const timeAndState = (seconds * 2 + (done ? 1 : 0)).toString(36);
	return `${id}${signature}${timeAndState.padStart(TIME_WIDTH, '0')}`;
}

/** Reads rows; anything that is not a record (an edited or damaged one) gives no rows. */
export function readRows(rows: unknown): Row[] {
	if (typeof rows !== 'string' || rows.length % ROW_WIDTH !== 0) return [];
	const read: Row[] = [];
	for (let start = 0; start < rows.length; start += ROW_WIDTH) {
		const timeAt = start + 2 * KEY_WIDTH;
		// What is damaged is old and not done, so that it hides nothing.
		const timeAndState = Number.parseInt(rows.slice(timeAt, timeAt + TIME_WIDTH), 36) || 0;
		read.push({
			id: rows.slice(start, start + KEY_WIDTH),
			signature: rows.slice(start + KEY_WIDTH, timeAt),
			time: EPOCH + Math.floor(timeAndState / 2),
			done: timeAndState % 2 === 1,
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
