import { success } from '../../api/result';
import type { ExpertCredential } from '../../api/credential';
import { isSameAuthorization } from '../../shared/delivery-authorization';
import { isSignedWithAny } from '../../shared/signature';
import type { DeliveryContext } from './context';
import { type DeliveryHeaders, parseHeaders } from './headers';
import { rejected, type Verified } from './rejection';
import {
	cachedConfig,
	configForRejection,
	currentConfig,
	type VerificationConfig,
} from './verification-config';

/*
 * Who sent a delivery. A rejection is permanent, and the cached credential may be out of date: it is
 * read again before a token or a signature is rejected by it.
 */

/** A sender that knows the token. */
export interface VerifiedSender {
	headers: DeliveryHeaders;
	/** What the token was checked against. */
	config: VerificationConfig;
}

/** A delivery that Expert has sent: nobody else knows the token and the secret. */
export interface VerifiedDelivery extends DeliveryHeaders {
	body: Buffer;
	/** What it was verified with. */
	credential: ExpertCredential;
}

/** Decides what the headers alone can decide, so that a forger's body is not even read. */
export async function verifyHeaders(context: DeliveryContext): Promise<Verified<VerifiedSender>> {
	const { authorization } = context.request.headers;
	let config = await cachedConfig(context);
	if (authorization === undefined) return rejected('authorization missing');
	if (!isRegistered(authorization, config)) {
		config = await configForRejection(context);
		if (!isRegistered(authorization, config)) {
			return rejected('authorization wrong');
		}
	}
	const headers = parseHeaders(context.request.headers, context.parameters, context.now);
	return headers.ok ? success({ headers: headers.value, config }) : headers;
}

function isRegistered(received: unknown, config: VerificationConfig): boolean {
	const { authorization, registeredAuthorization } = config;
	return [authorization, registeredAuthorization].some(
		(each) => each !== undefined && isSameAuthorization(received, each),
	);
}

/**
 * Decides on the exact bytes.
 *
 * @throws when there is no secret: the delivery may be genuine, so Expert is told to retry
 */
export async function verifyBody(
	{ headers, config }: VerifiedSender,
	body: Buffer,
	context: DeliveryContext,
): Promise<Verified<VerifiedDelivery>> {
	const by = ({ credential }: VerificationConfig) => success({ ...headers, body, credential });
	if (!context.parameters.verifySignature) return by(config);
	if (isSignedWithAny(config.secrets, headers, body)) return by(config);
	const current = await currentConfig(context);
	const { authorization } = context.request.headers;
	if (!isRegistered(authorization, current)) {
		return rejected('authorization wrong');
	}
	if (isSignedWithAny(current.secrets, headers, body)) return by(current);
	if (current.secrets.length === 0) throw new RangeError('no signing secret');
	return rejected('signature wrong');
}
