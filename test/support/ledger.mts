import { type Arrival, Ledger } from '../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { hashKey, type StoredRecord } from '../../nodes/CxoneExpert/trigger/ledger/rows.ts';

/** A signed delivery of one event with an id. */
export function signedArrival(id: string, changed: Partial<Arrival> = {}): Arrival {
	return {
		id: hashKey(id),
		name: hashKey(`event of ${id}`),
		isNamedByEvents: true,
		time: 1_800_000_000,
		isSigned: true,
		isOutsideWindow: false,
		...changed,
	};
}

/**
 * A ledger as an earlier process has stored it: one delivery that is done for each of these times.
 *
 * @param times unix seconds
 */
export function storedRecord(times: number[]): StoredRecord {
	const ledger = new Ledger('an earlier process');
	for (const [number, time] of times.entries()) {
		const claim = ledger.claim(signedArrival(`earlier-${number}`, { time }));
		if (typeof claim === 'string') continue;
		claim.confirmed();
		claim.recorded();
	}
	return { ...ledger.stored(), changes: '' };
}
