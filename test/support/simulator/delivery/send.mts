import { createHmac, randomUUID } from 'node:crypto';
import { type HttpResponse, send } from '../../http.mts';
import { eventTypeOf } from '../events/types.mts';

interface SignedParts {
	secret: string;
	/** The literal text of X-Nexus-Timestamp. */
	timestamp: string | number;
	/** The exact bytes that are sent. */
	body: string | Uint8Array;
}

/**
 * Value of X-Nexus-Signature-256 over timestamp, dot, payload: see docs/vendor-facts.md#signature.
 */
export function signDelivery({ secret, timestamp, body }: SignedParts): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(body);
	return `sha256=${hmac.digest('hex')}`;
}

interface DeliveryHeaderParts {
	authorization?: string;
	secret: string;
	timestamp: string | number;
	eventType: string;
	deliveryId: string;
	contentType: string;
	body: Uint8Array;
}

/**
 * The headers of a delivery, in the guide's order and case: see
 * docs/vendor-facts.md#delivery-request.
 */
export function deliveryHeaders(parts: DeliveryHeaderParts): Record<string, string> {
	const { secret, timestamp, body } = parts;
	return {
		...(parts.authorization === undefined ? {} : { Authorization: parts.authorization }),
		'X-Nexus-Signature-256': signDelivery({ secret, timestamp, body }),
		'X-Nexus-Timestamp': String(timestamp),
		'X-Nexus-Event-Type': parts.eventType,
		'X-Nexus-Delivery-Id': parts.deliveryId,
		'Content-Type': parts.contentType,
	};
}

/** Unix time in seconds, which is assumed: see docs/vendor-facts.md#timestamp. */
export function deliveryTimestamp(now = Date.now()): string {
	return String(Math.floor(now / 1000));
}

export interface SingleDelivery {
	body: string | Uint8Array;
	/** Undefined sends no Authorization header. */
	authorization?: string;
	secret: string;
	/** Now, in seconds, if absent. */
	timestamp?: string | number;
	deliveryId?: string;
	/** Header form; taken from the body's `type` if absent. */
	eventType?: string;
	contentType?: string;
	/** Replaces headers by name, without regard to case; null removes one. */
	headers?: Record<string, string | null>;
	timeoutMs?: number;
	acceptSelfSigned?: boolean;
}

/** Sends one delivery over real HTTP, genuine or forged, outside of any simulator's queue. */
export function sendDelivery(url: string, delivery: SingleDelivery): Promise<HttpResponse> {
	const body = Buffer.from(delivery.body as Uint8Array);
	const headers = deliveryHeaders({
		authorization: delivery.authorization,
		secret: delivery.secret,
		timestamp: delivery.timestamp ?? deliveryTimestamp(),
		eventType: delivery.eventType ?? headerTypeOf(body.toString()),
		deliveryId: delivery.deliveryId ?? randomUUID(),
		contentType: delivery.contentType ?? 'text/xml',
		body,
	});
	return send(url, {
		method: 'POST',
		body,
		headers: withOverrides(headers, delivery.headers ?? {}),
		timeoutMs: delivery.timeoutMs ?? 10_000,
		acceptSelfSigned: delivery.acceptSelfSigned,
	});
}

function headerTypeOf(body: string): string {
	const type = /<event\b[^>]*?\stype="([^"]+)"/.exec(body)?.[1];
	return eventTypeOf(type ?? 'page_create').header;
}

function withOverrides(
	headers: Record<string, string>,
	overrides: Record<string, string | null>,
): Record<string, string> {
	const replaced = new Set(Object.keys(overrides).map((name) => name.toLowerCase()));
	const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()));
	const added = Object.entries(overrides).filter(([, value]) => value !== null);
	return Object.fromEntries([...kept, ...added]) as Record<string, string>;
}
