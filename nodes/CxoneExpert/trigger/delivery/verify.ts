import type { ExpertCredential } from '../../api/credential';
import { type Failed, failed, type Result, success } from '../../api/result';
import {
	cachedCredential,
	credentialForRejection,
	credentialSince,
} from '../../n8n/credential-cache';
import { readBody } from '../../n8n/raw-body';
import {
	addressProof,
	deliveryAuthorization,
	isSameAuthorization,
} from '../../shared/delivery-token';
import { DELIVERY_HEADERS, type Headers } from '../../shared/delivery-headers';
import type { Rejection, RejectionReason } from '../../shared/rejection';
import {
	isOutsideWindow,
	isSignedWithAny,
	readSignatures,
	readTimestamp,
} from '../../shared/signature';
import { TEST_EVENT_TYPE } from '../../shared/test-delivery';
import type { TriggerParameters } from '../parameters';
import { addressOf } from '../subscription/address';
import { readStoredAddress } from '../watch/stored';
import { type DeliveryContext, isTest } from './context';

/*
 * Who has sent a delivery, and whether its bytes are what they have signed. A rejection is permanent, and
 * the cached credential may be out of date: it is read again before it rejects a token or a signature.
 */

/** What the headers say of a delivery. */
export interface DeliveryHeaders {
	deliveryId: string;
	/** The literal text that was signed; empty when signatures are not verified. */
	timestamp: string;
	/** Unix ms; absent when signatures are not verified. */
	signedAt?: number;
	signatures: Buffer[];
	/** Only a known delivery may pass then, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** A delivery that Expert has sent: nobody else knows the token and the secret. */
export interface VerifiedDelivery extends DeliveryHeaders {
	body: Buffer;
	/** What it was verified with. */
	credential: ExpertCredential;
}

type Verified<T> = Result<T, Rejection>;

/**
 * In the order of docs/reliability.md#responses-to-expert: token, headers, bytes, signature. The token
 * comes first, so that a forger's body is not even read. Whether a time outside the window rejects,
 * what is known of the delivery decides.
 *
 * @throws when there is nothing to verify with: the delivery may be genuine, so Expert is told to retry
 */
export async function verify(context: DeliveryContext): Promise<Verified<VerifiedDelivery>> {
	const sender = await verifyToken(context);
	if (!sender.ok) return sender;
	const headers = parseHeaders(context.request.headers, context.parameters, context.now);
	if (!headers.ok) return headers;
	const body = await readBody(context);
	// In the table the time comes before the body.
	if (!body.ok && headers.value.isOutsideWindow) {
		return failed(outsideWindow(headers.value.signedAt, context.now));
	}
	if (!body.ok) return rejected(body.failure);
	const signer = await verifySignature(sender.value, headers.value, body.value, context);
	if (!signer.ok) return signer;
	return success({ ...headers.value, body: body.value, credential: signer.value.credential });
}

function rejected(reason: RejectionReason): Failed<Rejection> {
	return failed({ reason });
}

async function verifyToken(context: DeliveryContext): Promise<Verified<Keys>> {
	const { n8n, request, arrivedAt } = context;
	const cached = await cachedKeys(context);
	if (request.headers.authorization === undefined) return rejected('authorization missing');
	if (hasToken(request.headers, cached)) return success(cached);
	const current = keysOf(await credentialForRejection(arrivedAt, n8n), context);
	return hasToken(request.headers, current) ? success(current) : rejected('authorization wrong');
}

async function verifySignature(
	keys: Keys,
	headers: DeliveryHeaders,
	body: Buffer,
	context: DeliveryContext,
): Promise<Verified<Keys>> {
	const { n8n, request, parameters, arrivedAt } = context;
	if (!parameters.verifySignature) return success(keys);
	if (isSignedWithAny(keys.secrets, headers, body)) return success(keys);
	const current = keysOf(await credentialSince(arrivedAt, n8n), context);
	if (!hasToken(request.headers, current)) return rejected('authorization wrong');
	if (current.secrets.length === 0) throw new RangeError('no signing secret');
	if (isSignedWithAny(current.secrets, headers, body)) return success(current);
	return rejected('signature wrong');
}

/** What a delivery is checked against. */
interface Keys {
	/** Whole `Authorization` values. */
	authorizations: string[];
	/** The current signing secret, then the previous one. */
	secrets: string[];
	/** Where they come from. */
	credential: ExpertCredential;
}

async function cachedKeys(context: DeliveryContext): Promise<Keys> {
	const { n8n, arrivedAt } = context;
	try {
		return keysOf(await cachedCredential(n8n), context);
	} catch {
		// It may have been corrected since.
		return keysOf(await credentialSince(arrivedAt, n8n), context);
	}
}

function keysOf(credential: ExpertCredential, context: DeliveryContext): Keys {
	const authorizations = addressesOf(context)
		.map((url) => deliveryAuthorization(credential, url))
		.filter((value) => value !== undefined);
	if (authorizations.length === 0) throw new RangeError('no API secret to derive a token from');
	const { signingSecret, previousSigningSecret } = credential;
	const secrets = [signingSecret, previousSigningSecret].flatMap((secret) => secret?.trim() || []);
	return { authorizations, secrets, credential };
}

/**
 * The address that n8n serves, and the one that the webhook is registered under. They differ after
 * WEBHOOK_URL was changed, or in a process that has another one: what Expert sends is genuine all the same.
 */
function addressesOf({ n8n, webhookUrl }: DeliveryContext): string[] {
	if (isTest(n8n)) return [webhookUrl];
	const registered = addressOf(n8n).registeredUrl ?? readStoredAddress(n8n) ?? webhookUrl;
	return [...new Set([webhookUrl, registered])];
}

function hasToken({ authorization }: Headers, { authorizations }: Keys): boolean {
	return authorizations.some((value) => isSameAuthorization(authorization, value));
}

/** Reads the headers of a delivery whose token is right. */
export function parseHeaders(
	headers: Headers,
	parameters: Pick<TriggerParameters, 'verifySignature' | 'maxDeliveryAgeSeconds'>,
	now: number,
): Verified<DeliveryHeaders> {
	const deliveryId = header(headers, DELIVERY_HEADERS.deliveryId);
	if (deliveryId === '') return rejected('delivery id missing');
	// A UUID by the vendor's guide (docs/vendor-facts.md#delivery-id). Other visible text is
	// accepted: a rejection is permanent.
	if (!/^[\x21-\x7e]{1,200}$/.test(deliveryId)) return rejected('delivery id malformed');
	if (!parameters.verifySignature) {
		return success({ deliveryId, timestamp: '', signatures: [], isOutsideWindow: false });
	}
	const timestamp = header(headers, DELIVERY_HEADERS.timestamp);
	const signedAt = readTimestamp(timestamp);
	if (timestamp === '') return rejected('timestamp missing');
	if (signedAt === undefined) return rejected('timestamp malformed');
	const signature = header(headers, DELIVERY_HEADERS.signature);
	const signatures = readSignatures(signature);
	if (signature === '') return rejected('signature missing');
	if (signatures.length === 0) return rejected('signature malformed');
	const isOutside = isOutsideWindow(signedAt, now, parameters.maxDeliveryAgeSeconds);
	return success({ deliveryId, timestamp, signedAt, signatures, isOutsideWindow: isOutside });
}

function header(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
}

/**
 * Signed too long ago, or too far ahead.
 *
 * @param signedAt unix ms; absent when signatures are not verified
 * @param now unix ms
 */
export function outsideWindow(signedAt: number | undefined, now: number): Rejection {
	const reason = 'timestamp outside the window';
	if (signedAt === undefined) return { reason };
	return { reason, signedMinutesAgo: Math.round((now - signedAt) / 60_000) };
}

/**
 * The proof that this trigger serves its address, for whoever asks (see `PROOF_HEADER`); `undefined` when
 * nobody does. Anybody may ask: what they get is good for nothing but to find this trigger here.
 *
 * It is always about the address that n8n serves, never about a stored one, which others can write.
 */
export async function askedProof(context: DeliveryContext): Promise<string | undefined> {
	const { n8n, request, webhookUrl, arrivedAt } = context;
	const { authorization, ...headers } = request.headers;
	const challenge = headers[DELIVERY_HEADERS.deliveryId];
	const isQuestion =
		headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE &&
		authorization === undefined &&
		headers[DELIVERY_HEADERS.signature] === undefined;
	if (!isQuestion || typeof challenge !== 'string') return undefined;
	return addressProof(await credentialForRejection(arrivedAt, n8n), webhookUrl, challenge);
}
