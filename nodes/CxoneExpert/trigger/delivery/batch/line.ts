import type { IWebhookResponseData } from 'n8n-workflow';

import type { PendingDelivery } from '../pending';

/** What is given to n8n together, at most. A delivery that is more than that by itself goes alone. */
export const MAX_BATCH_ITEMS = 100;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Time after which a delivery waits no longer. Its request keeps a sandbox of n8n in memory. */
export const MAX_WAIT_MS = 60_000;

/** The deliveries to one node that wait while n8n is busy with those before them. */
export interface Line {
	key: string;
	/** In order of arrival. */
	waiting: Waiting[];
	/** Set while n8n is saving nothing and the next batch gathers. */
	gathering?: Gathering | undefined;
	/** The senders of this burst take longer to come again than a batch may gather. */
	gathersInVain?: boolean;
}

export interface Waiting {
	delivery: PendingDelivery;
	/** Size of its items as JSON. */
	bytes: number;
	/** In ms of the monotonic clock. */
	since: number;
	/** Ends its request at n8n. */
	leave: (result: IWebhookResponseData) => void;
}

export interface Gathering {
	/** The batch goes to n8n when so many deliveries wait. */
	wanted: number;
	/** Cancels the timer by which it goes to n8n with fewer. */
	cancel: () => void;
}

/** Takes those from the front that may go together: at least one, if any waits. */
export function takeBatch(line: Line): Waiting[] {
	let [items, bytes] = [0, 0];
	const excess = line.waiting.findIndex((entry, index) => {
		items += entry.delivery.items.length;
		bytes += entry.bytes;
		return index > 0 && (items > MAX_BATCH_ITEMS || bytes > MAX_BATCH_BYTES);
	});
	return line.waiting.splice(0, excess < 0 ? line.waiting.length : excess);
}

/** Takes those that have waited for too long. What Expert was told 200 stays: nobody sends it again. */
export function takeOverdue(line: Line): Waiting[] {
	const now = performance.now();
	const isOverdue = ({ since, delivery }: Waiting) =>
		now - since >= MAX_WAIT_MS && delivery.response.status !== 200;
	const overdue = line.waiting.filter(isOverdue);
	if (overdue.length > 0) line.waiting = line.waiting.filter((each) => !overdue.includes(each));
	return overdue;
}
