const MAX_CHARS = 40;

/** What ids are made of: Expert's are UUIDs, those of test deliveries begin with a word. */
const OTHER_CHARACTERS = /[^\w.:-]/g;

/**
 * A delivery's id for people. Anyone can have made it up, and it stands in n8n's log and in messages that
 * n8n and mails show as HTML: it is shortened, and can neither forge lines nor hold a link.
 */
export function shortenedDeliveryId(deliveryId: unknown): string {
	if (typeof deliveryId !== 'string' || deliveryId === '') return '(no id)';
	const printable = deliveryId.slice(0, MAX_CHARS + 1).replace(OTHER_CHARACTERS, '?');
	return printable.length > MAX_CHARS ? `${printable.slice(0, MAX_CHARS)}…` : printable;
}
