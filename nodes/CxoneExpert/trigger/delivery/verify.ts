import { MINUTE_MS } from '../../durations';
import { acceptsUnsigned, type ExpertCredential, signingSecrets } from '../../api/credential';
import { cachedCredential, credentialForRejection, credentialSince } from '../../n8n/credential-cache';
import { readBody } from '../../n8n/raw-body';
import {
	addressProof,
	authorizationDigest,
	deliveryAuthorization,
	isRegistered,
	isSameAuthorization,
} from '../../protocol/token';
import { DELIVERY_HEADERS, type Headers } from '../../protocol/headers';
import { TEST_EVENT_TYPE } from '../../protocol/test-delivery';
import { DeliveryRejected, dependsOnSecret } from '../../protocol/rejection';
import { isOutsideWindow, isSignedWithAny, readSignatures, readTimestamp } from '../../protocol/signature';
import type { SentDelivery } from '../ledger/arrival';
import { isTest } from '../parameters';
import { addressOf } from '../state/address';
import { readStoredWatch, type StoredWatch } from '../state/stored';
import type { DeliveryContext } from './context';

/*
 * Verifies who sent a delivery, and its signed bytes. A rejection is permanent, so the credential is read again before
 * a cached one rejects a token or signature.
 */

export interface DeliveryHeaders extends Omit<SentDelivery, 'body' | 'contentType'> {
	signatures: Buffer[];
}

/** A delivery from Expert: nobody else knows the token and the secret. */
export interface VerifiedDelivery extends SentDelivery {
	/** The credential that verified it. */
	credential: ExpertCredential;
}

/** Whether only its token proves who sent it. */
export function isUnsigned({ signedAt }: VerifiedDelivery): boolean {
	return signedAt === undefined;
}

/**
 * Checks token, headers, bytes and signature in the order of docs/reliability.md#responses-to-expert: a forger's body
 * is not even read. The ledger decides whether a time outside the window rejects.
 *
 * @returns `undefined` if its body can no longer be read
 * @throws DeliveryRejected if Expert did not send it; anything else if there is nothing to verify with. The delivery
 *   may be genuine then, so Expert is told to retry
 */
export async function verify(context: DeliveryContext): Promise<VerifiedDelivery | undefined> {
	const keys = await verifyToken(context);
	context.response.tokenProven();
	return await verifyWith(keys, context).catch(async (thrown: unknown) => {
		if (!(thrown instanceof DeliveryRejected && dependsOnSecret(thrown.reason))) throw thrown;
		return await verifyWith(await currentKeys(context), context);
	});
}

async function currentKeys(context: DeliveryContext): Promise<Keys> {
	const { n8n, request, response } = context;
	const current = keysOf(await credentialSince(response.arrivedAt, n8n), context);
	if (!hasToken(request.headers, current)) throw new DeliveryRejected('authorization wrong');
	if (current.secrets?.length === 0) throw new RangeError('no signing secret');
	return current;
}

async function verifyWith(keys: Keys, context: DeliveryContext): Promise<VerifiedDelivery | undefined> {
	const { n8n, request, parameters, response, receivedAt } = context;
	const { secrets, credential } = keys;
	const headers = parseHeaders(request.headers, {
		isSigned: secrets !== undefined,
		maxAgeSeconds: parameters.maxDeliveryAgeSeconds,
		receivedAt,
	});
	const body = await readBody(n8n, request, response.deadline);
	if (body === undefined) return undefined;
	if (typeof body === 'string') {
		// The table of responses puts the time before the body.
		throw headers.isOutsideWindow ? outsideWindow(headers.signedAt, receivedAt) : new DeliveryRejected(body);
	}
	const isGenuine = secrets === undefined || isSignedWithAny(secrets, headers, body);
	if (!isGenuine) throw new DeliveryRejected('signature wrong');
	noteRegistered(keys, context);
	return { ...headers, body, contentType: request.headers['content-type'], credential };
}

async function verifyToken(context: DeliveryContext): Promise<Keys> {
	const { n8n, request, response } = context;
	if (request.headers.authorization === undefined) throw new DeliveryRejected('authorization missing');
	const cached = await cachedKeys(context);
	if (hasToken(request.headers, cached)) return cached;
	const current = keysOf(await credentialForRejection(response.arrivedAt, n8n), context);
	if (hasToken(request.headers, current)) return current;
	throw new DeliveryRejected('authorization wrong');
}

interface Keys {
	/** Whole `Authorization` values. */
	authorizations: string[];
	/** Digest of the registered value. */
	registeredToken: string | undefined;
	/** The current signing secret, then the previous one; `undefined` if none is needed. */
	secrets: string[] | undefined;
	credential: ExpertCredential;
}

async function cachedKeys(context: DeliveryContext): Promise<Keys> {
	const { n8n, response } = context;
	try {
		return keysOf(await cachedCredential(n8n), context);
	} catch {
		// The credential may have been corrected since.
		return keysOf(await credentialSince(response.arrivedAt, n8n), context);
	}
}

function keysOf(credential: ExpertCredential, context: DeliveryContext): Keys {
	const { registeredUrl = context.webhookUrl, registeredToken } = registrationOf(context);
	// The URLs differ after WEBHOOK_URL changed, or in a process with another one. What Expert sends to either is
	// genuine.
	const authorizations = [...new Set([context.webhookUrl, registeredUrl])]
		.map((url) => deliveryAuthorization(credential, url))
		.filter((value) => value !== undefined);
	if (authorizations.length === 0) throw new RangeError('no API secret to derive a token from');
	const secrets = acceptsUnsigned(credential) ? undefined : signingSecrets(credential);
	return { authorizations, registeredToken, secrets, credential };
}

/** The registration by this process or another one. A test has a webhook of its own. */
function registrationOf({ n8n }: DeliveryContext): Pick<StoredWatch, 'registeredUrl' | 'registeredToken'> {
	return isTest(n8n) ? {} : { ...readStoredWatch(n8n), ...addressOf(n8n) };
}

/** Whether the token is what the credential gives, or what it gave when the webhook was registered. */
function hasToken(headers: Headers, keys: Keys): boolean {
	const { authorization } = headers;
	return isCurrent(headers, keys) || isRegistered(authorization, keys.credential, keys.registeredToken);
}

function isCurrent({ authorization }: Headers, { authorizations }: Keys): boolean {
	return authorizations.some((value) => isSameAuthorization(authorization, value));
}

/**
 * In queue mode, only deliveries show this process that a check has registered another token. A test delivery does not:
 * it has the token of the credential, whatever is registered.
 */
function noteRegistered(keys: Keys, { n8n, request }: DeliveryContext): void {
	const { authorization = '', [DELIVERY_HEADERS.eventType]: type } = request.headers;
	if (isTest(n8n) || type === TEST_EVENT_TYPE || !isCurrent(request.headers, keys)) return;
	addressOf(n8n).registeredToken = authorizationDigest(keys.credential, authorization.trim());
}

interface HeaderRules {
	/** A signature with its time is required. */
	isSigned: boolean;
	maxAgeSeconds: number;
	/** Unix ms. */
	receivedAt: number;
}

/** @throws DeliveryRejected for the first header that is missing or malformed */
export function parseHeaders(headers: Headers, { isSigned, maxAgeSeconds, receivedAt }: HeaderRules): DeliveryHeaders {
	const deliveryId = header(headers, DELIVERY_HEADERS.deliveryId);
	if (deliveryId === '') throw new DeliveryRejected('delivery id missing');
	// The vendor's guide promises a UUID (docs/vendor-facts.md#delivery-id). Accept other visible text, too, as a
	// rejection is permanent.
	if (!/^[\x21-\x7e]{1,200}$/.test(deliveryId)) throw new DeliveryRejected('delivery id malformed');
	if (!isSigned) {
		return { deliveryId, timestamp: '', signatures: [], isOutsideWindow: false };
	}
	const timestamp = header(headers, DELIVERY_HEADERS.timestamp);
	const signedAt = readTimestamp(timestamp);
	if (timestamp === '') throw new DeliveryRejected('timestamp missing');
	if (signedAt === undefined) throw new DeliveryRejected('timestamp malformed');
	const signature = header(headers, DELIVERY_HEADERS.signature);
	const signatures = readSignatures(signature);
	if (signature === '') throw new DeliveryRejected('signature missing');
	if (signatures.length === 0) throw new DeliveryRejected('signature malformed');
	const isOutside = isOutsideWindow(signedAt, receivedAt, maxAgeSeconds);
	return { deliveryId, timestamp, signedAt, signatures, isOutsideWindow: isOutside };
}

function header(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
}

/** Times are unix ms. `signedAt` is absent if signatures are not verified. */
export function outsideWindow(signedAt: number | undefined, receivedAt: number): DeliveryRejected {
	const minutesAgo = signedAt === undefined ? undefined : Math.round((receivedAt - signedAt) / MINUTE_MS);
	return new DeliveryRejected('timestamp outside the window', minutesAgo);
}

/**
 * Proves to anyone who asks that this trigger serves its URL (see `PROOF_HEADER`), which only helps to find it. The
 * proof is always about the URL that n8n serves, never a stored one, because others can write that.
 */
export async function askedProof(context: DeliveryContext): Promise<string | undefined> {
	const { n8n, request, webhookUrl, response } = context;
	const { authorization, ...headers } = request.headers;
	const challenge = headers[DELIVERY_HEADERS.deliveryId];
	const isQuestion =
		headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE &&
		authorization === undefined &&
		headers[DELIVERY_HEADERS.signature] === undefined;
	if (!isQuestion || typeof challenge !== 'string') return undefined;
	return addressProof(await credentialForRejection(response.arrivedAt, n8n), webhookUrl, challenge);
}
