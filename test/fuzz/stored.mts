import {
	DeliveryStore,
	idKey,
	messageKey,
} from '../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import type { StoredRecord } from '../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';

/**
 * A record as an earlier process has stored it: one delivery that is done for each of these times.
 *
 * @param times unix seconds
 */
export function storedRecord(times: number[]): StoredRecord {
	const store = new DeliveryStore('an earlier process');
	for (const [number, time] of times.entries()) {
		const message = messageKey(String(time), Buffer.from(String(number)));
		const id = idKey(`earlier ${number}`);
		const result = store.claim({ id, message, time, isOutsideWindow: false });
		if (result.kind === 'claimed') result.claim.confirm();
	}
	return store.record({ rememberForSeconds: 24 * 3600 });
}
