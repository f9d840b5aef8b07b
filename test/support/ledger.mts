import { Ledger } from '../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { hashKey, type StoredLedger } from '../../nodes/CxoneExpert/trigger/ledger/rows.ts';

/**
 * A ledger as an earlier process has stored it: one delivery that is done for each of these times.
 *
 * @param times unix seconds
 */
export function storedLedger(times: number[]): StoredLedger {
	const ledger = new Ledger('an earlier process');
	for (const [number, time] of times.entries()) {
		const arrival = {
			id: hashKey(`earlier-${number}`),
			name: hashKey(`earlier event ${number}`),
			isNamedByEvents: true,
			changes: [],
			time,
			isSigned: true,
			isOutsideWindow: false,
		};
		const claim = ledger.claim(arrival);
		if (typeof claim === 'string') continue;
		claim.confirm();
		claim.recorded();
	}
	return ledger.stored();
}
