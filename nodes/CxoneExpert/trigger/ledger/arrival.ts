import { eventNameOf } from '../../event/event-name';
import { type Message, parseDelivery } from '../../event/parse';
import type { Arrival } from './ledger';
import { hashKey, NO_KEY } from './rows';

/** What an authenticated delivery says of itself. */
export interface SentDelivery {
	deliveryId: string;
	/** The header exactly as signed. It is empty if signatures are not verified. */
	timestamp: string;
	/** Unix ms. It is absent if signatures are not verified. */
	signedAt?: number;
	/** The delivery passes only if it is known, and starts nothing. */
	isOutsideWindow: boolean;
	body: Buffer;
	/** The header is not signed. */
	contentType: string | undefined;
}

/** Names a delivery by its events, or by the signed message if one has no ID: two events can be equal. */
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

/** Ignores the header's charset, which is not signed: it must not give a replay another name. */
function messageOfBytes({ body, contentType = '' }: SentDelivery, message: Message): Message {
	const isOther = /charset\s*=\s*"?(?!utf-?8\b)/i.test(contentType);
	return isOther ? parseDelivery(body, undefined) : message;
}

function nameByEvents(message: Message): string | undefined {
	if ('unreadable' in message) return undefined;
	const names = message.events.map(eventNameOf);
	return names.includes(undefined) ? undefined : hashKey(names.join());
}

/** The name contains no secret, so known deliveries stay known when secrets change. */
function nameByMessage({ timestamp, signedAt, body }: SentDelivery): string {
	if (signedAt === undefined) return NO_KEY;
	return hashKey(Buffer.concat([Buffer.from(`${timestamp}.`), body]));
}
