import type { IWebhookResponseData } from 'n8n-workflow';

import type { PendingDelivery } from './pending';

/** What is given to n8n together, at most. A delivery that is more than that by itself goes alone. */
export const MAX_BATCH_ITEMS = 100;
export const MAX_BATCH_CHARS = 1024 * 1024;
/** Time after which a delivery waits no longer. */
export const MAX_WAIT_MS = 60_000;

/** The deliveries of one version of one workflow, while n8n saves what came before them. */
export interface Line {
	key: string;
	/** In order of arrival. */
	waiting: Waiting[];
}

export interface Waiting {
	delivery: PendingDelivery;
	/** Length of its items as JSON. */
	chars: number;
	/** In ms of the monotonic clock. */
	since: number;
	/** Ends its request at n8n. */
	leave: (result: IWebhookResponseData) => void;
}

/** Takes those from the front that may go together: at least one, if any waits. */
export function takeBatch(line: Line): Waiting[] {
	let [items, chars] = [0, 0];
	const excess = line.waiting.findIndex((entry, index) => {
		items += entry.delivery.items.length;
		chars += entry.chars;
		return index > 0 && (items > MAX_BATCH_ITEMS || chars > MAX_BATCH_CHARS);
	});
	return line.waiting.splice(0, excess < 0 ? line.waiting.length : excess);
}

/** Takes those that have waited for too long. */
export function takeOverdue(line: Line): Waiting[] {
	const isOverdue = ({ since }: Waiting) => performance.now() - since >= MAX_WAIT_MS;
	const overdue = line.waiting.filter(isOverdue);
	line.waiting = line.waiting.filter((waiting) => !overdue.includes(waiting));
	return overdue;
}
