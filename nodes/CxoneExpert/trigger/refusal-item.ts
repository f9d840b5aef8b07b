import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { compact } from '../api/compact';
import { type Rejection, STATUS_BY_REASON } from '../shared/rejection';
import type { RefusedDelivery, RefusalRow } from '../shared/delivery-figures';

/*
 * The item that tells the trigger's own step of a refused delivery; the step throws. Nothing that a
 * sender has written is in it, but for the shortened delivery id. It is stored like any item and may
 * run in another process, so that only its shape can mark it: an event's item always has `receivedAt`,
 * and all its other fields are named by us (`event/item.ts`), so none can look like this one.
 */

/** What the item says. */
export interface Refusal extends Rejection {
	deliveryId: string;
	/** How many were refused one after the other. */
	inARow: number;
	/** Since when; ISO 8601. */
	since: string;
}

const FIELD = 'refusedDelivery';

export function refusalItem(last: RefusedDelivery, row: RefusalRow): IDataObject {
	const { reason, signedMinutesAgo, deliveryId } = last;
	const since = new Date(row.since).toISOString();
	const refused = { reason, deliveryId, inARow: row.count, since, signedMinutesAgo };
	return { [FIELD]: compact(refused) satisfies Partial<Refusal> };
}

/** What an item says of a refusal; `undefined` for any other item. */
export function refusalOf({ json }: INodeExecutionData): Refusal | undefined {
	const [field, ...others] = Object.keys(json);
	if (field !== FIELD || others.length > 0) return undefined;
	const refusal = json[FIELD] as unknown as Refusal | null;
	return Object.hasOwn(STATUS_BY_REASON, refusal?.reason ?? '') ? refusal! : undefined;
}
