import { eventNameOf } from '../../event/event-name';
import { type Message, parseDelivery } from '../../event/parse';
import type { Arrival } from './ledger';
import { hashKey, NO_KEY } from './rows';

/** What a delivery whose sender is proven says of itself. */
export interface SentDelivery {
	deliveryId: string;
	/** The signed text; absent, as the time, when signatures are not verified. */
	timestamp?: string;
	/** Unix ms. */
	signedAt?: number;
	body: Buffer;
	/** As the header says. */
	contentType?: string | undefined;
	isOutsideWindow: boolean;
}

/**
 * What the ledger has to know of a delivery.
 *
 * Its name is made of the names of its events. Where one has no ID, it is the signed message: not only its content,
 * because two events can say the same.
 *
 * @param now unix ms
 */
export function arrivalOf(delivery: SentDelivery, message: Message, now: number): Arrival {
	const { deliveryId, signedAt, isOutsideWindow } = delivery;
	const named = nameByEvents(messageOfBytes(delivery, message));
	return {
		id: hashKey(deliveryId),
		name: named ?? nameByMessage(delivery),
		isNamedByEvents: named !== undefined,
		time: Math.floor((signedAt ?? now) / 1000),
		isSigned: signedAt !== undefined,
		isOutsideWindow,
	};
}

/**
 * What the bytes say by themselves. The charset of the header is not signed: a replay under another one must not get
 * another name. UTF-8 gives the same one: what a name is made of is ASCII.
 */
function messageOfBytes({ body, contentType = '' }: SentDelivery, message: Message): Message {
	const isOther = /charset\s*=\s*"?(?!utf-?8\b)/i.test(contentType);
	return isOther ? parseDelivery(body, undefined) : message;
}

function nameByEvents(message: Message): string | undefined {
	if ('unreadable' in message) return undefined;
	const names = message.events.map(eventNameOf);
	return names.includes(undefined) ? undefined : hashKey(names.join());
}

/** No secret is part of it: a change of secrets makes no known delivery new. */
function nameByMessage({ timestamp, signedAt, body }: SentDelivery): string {
	if (signedAt === undefined) return NO_KEY;
	return hashKey(Buffer.concat([Buffer.from(`${timestamp}.`), body]));
}
