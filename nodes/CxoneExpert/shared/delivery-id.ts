const MAX_CHARS = 40;

/**
 * A delivery's id for people. Anyone can have made it up: it is shortened, and without control
 * characters, so that it cannot forge lines of a log.
 */
export function shortenedDeliveryId(deliveryId: unknown): string {
	if (typeof deliveryId !== 'string' || deliveryId === '') return '(no id)';
	const printable = deliveryId.slice(0, MAX_CHARS + 1).replace(/[^\x21-\x7e]/g, '?');
	return printable.length > MAX_CHARS ? `${printable.slice(0, MAX_CHARS)}…` : printable;
}
