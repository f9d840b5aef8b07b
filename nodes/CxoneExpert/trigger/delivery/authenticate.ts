import type { IWebhookFunctions } from 'n8n-workflow';

import { isSameAuthorization } from '../../shared/delivery-authorization';
import type { Moment } from './clock';
import { anySignatureMatches, readSignatures, sign } from './signature';
import { isOutsideWindow, readTimestamp } from './timestamp';

/** HTTP headers as Node gives them: lower-case names, repeated ones joined. */
export type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

/** What a genuine delivery is checked against. */
export interface VerificationConfig {
	/** The whole `Authorization` value that was registered at the site. */
	authorization: string;
	/** Current secret first, then the previous one. Empty only when signatures are not verified. */
	secrets: string[];
	verifySignature: boolean;
	/** Seconds that a signed timestamp may lie back. */
	maxAge: number;
}

/** What the headers say of a delivery, before its body is read. */
export interface DeliveryHeaders {
	deliveryId: string;
	/** The literal text that was signed; empty when signatures are not verified. */
	timestamp: string;
	/** Unix ms; absent when signatures are not verified. */
	signedAt?: number;
	signatures: Buffer[];
	/** Only what is remembered as done may pass then, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** Why a delivery is refused. The word goes to the log, only the status to the sender. */
export type RejectionReason =
	| 'authorization missing'
	| 'authorization wrong'
	| 'delivery id missing'
	| 'delivery id malformed'
	| 'timestamp missing'
	| 'timestamp malformed'
	| 'signature missing'
	| 'signature malformed'
	| 'signature wrong'
	| 'timestamp outside the window'
	| 'body too large'
	| 'body incomplete';

/** The status for each refusal: the answer table of the public contract. */
export const STATUS_BY_REASON: Readonly<Record<RejectionReason, number>> = {
	'authorization missing': 401,
	'authorization wrong': 401,
	'delivery id missing': 400,
	'delivery id malformed': 400,
	'timestamp missing': 400,
	'timestamp malformed': 400,
	'signature missing': 401,
	'signature malformed': 401,
	'signature wrong': 401,
	'timestamp outside the window': 401,
	'body too large': 413,
	'body incomplete': 400,
};

/** Decides what the headers alone can decide, so that a forger's body is not even read. */
export function checkHeaders(
	headers: Headers,
	policy: VerificationConfig,
	now: Moment,
): DeliveryHeaders | { refusal: RejectionReason } {
	const refusal = authorizationRefusal(headers, policy) ?? formRefusal(headers, policy);
	if (refusal !== undefined) return { refusal };
	const deliveryId = header(headers, DELIVERY_ID);
	if (!policy.verifySignature) {
		return { deliveryId, timestamp: '', signatures: [], isOutsideWindow: false };
	}
	const timestamp = header(headers, TIMESTAMP);
	const signedAt = readTimestamp(timestamp) ?? 0;
	return {
		deliveryId,
		timestamp,
		signedAt,
		signatures: readSignatures(header(headers, SIGNATURE)),
		// Refusing is permanent: both clocks have to agree on it.
		isOutsideWindow: [now.wall, now.steady].every((clock) =>
			isOutsideWindow(signedAt, clock, policy.maxAge),
		),
	};
}

/** A delivery that Expert has sent: nobody else knows the token and the secret. */
export interface VerifiedDelivery extends DeliveryHeaders {
	body: Buffer;
}

/** Decides on the exact bytes. */
export function checkBody(
	envelope: DeliveryHeaders,
	body: Buffer,
	{ policy: { verifySignature, secrets } }: { policy: VerificationConfig },
): VerifiedDelivery | { refusal: RejectionReason } {
	if (!verifySignature) return { ...envelope, body };
	const ownSignatures = secrets.map((secret) => sign(secret, envelope.timestamp, body));
	if (!anySignatureMatches(envelope.signatures, ownSignatures))
		return { refusal: 'signature wrong' };
	return { ...envelope, body };
}

const DELIVERY_ID = 'x-nexus-delivery-id';
const TIMESTAMP = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

function authorizationRefusal(
	headers: Headers,
	{ authorization }: VerificationConfig,
): RejectionReason | undefined {
	if (headers.authorization === undefined) return 'authorization missing';
	if (!isSameAuthorization(headers.authorization, authorization)) return 'authorization wrong';
	return undefined;
}

function formRefusal(headers: Headers, policy: VerificationConfig): RejectionReason | undefined {
	const deliveryId = header(headers, DELIVERY_ID);
	if (deliveryId === '') return 'delivery id missing';
	// A UUID by the vendor's guide. Other visible text is let through: refusing is for good.
	if (!/^[\x21-\x7e]{1,200}$/.test(deliveryId)) return 'delivery id malformed';
	if (!policy.verifySignature) return undefined;
	const timestamp = header(headers, TIMESTAMP);
	if (timestamp === '') return 'timestamp missing';
	if (readTimestamp(timestamp) === undefined) return 'timestamp malformed';
	const signature = header(headers, SIGNATURE);
	if (signature === '') return 'signature missing';
	return readSignatures(signature).length === 0 ? 'signature malformed' : undefined;
}

function header(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value.trim() : '';
}
