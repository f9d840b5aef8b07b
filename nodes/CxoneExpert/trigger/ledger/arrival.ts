import { attribute } from '../../api/xml';
import { type ExpertEvent, type Message, parseDelivery } from '../../event/parse';
import { type ChangeName, changeNameOf, editOf, keyOf } from '../changes/change';
import type { Arrival } from './ledger';
import { type Change, type FoundChange, hashKey, NO_KEY } from './rows';

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
 * Its name is made of the IDs that Expert gives its events, with their types and times. Events without one have the
 * signed message: not only its content, because two events can say the same.
 *
 * @param changes what a recovery could find as well
 * @param now unix ms
 */
export function arrivalOf(
	delivery: SentDelivery,
	message: Message,
	changes: Change[],
	now: number,
): Arrival {
	const { deliveryId, signedAt, isOutsideWindow } = delivery;
	const named = nameByEvents(messageOfBytes(delivery, message));
	return {
		id: hashKey(deliveryId),
		name: named ?? nameByMessage(delivery),
		isNamedByEvents: named !== undefined,
		changes,
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
	const names = message.events.map(({ xml }) =>
		['id', 'type', 'datetime'].map((name) => attribute(xml, name)),
	);
	if (names.some(([id]) => id === undefined)) return undefined;
	return hashKey(JSON.stringify(names));
}

/** No secret is part of it: a change of secrets makes no known delivery new. */
function nameByMessage({ timestamp, signedAt, body }: SentDelivery): string {
	return signedAt === undefined ? NO_KEY : hashKey(`${timestamp}.`, body);
}

/**
 * The changes that the events of a message tell of; none for an event that no recovery could find.
 *
 * @param site its origin: a copy of a site has the same page numbers
 */
export function changesIn(message: Message, site: string): Map<ExpertEvent, FoundChange> {
	const events = 'unreadable' in message ? [] : message.events;
	const changes = events.flatMap((event): Array<[ExpertEvent, FoundChange]> => {
		const name = changeNameOf(event);
		return name === undefined ? [] : [[event, changeAt(site, name)]];
	});
	return new Map(changes);
}

/** A change as the ledger knows it. */
export function changeAt(site: string, change: ChangeName): FoundChange {
	const { kind, subject, at } = change;
	const page = subject === undefined ? NO_KEY : hashKey(site, ' ', editOf(subject).page);
	const second = Math.floor(at / 1000);
	return { kind, page, at: second, name: hashKey(site, ' ', keyOf(change), `@${second}`) };
}
