import type { ExpertCredential } from '../../api/credential';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import type { DeliveryContext } from './context';
import {
	cachedCredential,
	credentialForRejection,
	credentialSince,
} from '../../n8n/credential-cache';

/** What a delivery is checked against. */
export interface VerificationConfig {
	/** The whole `Authorization` value that was registered at the site. */
	authorization: string;
	/**
	 * Current secret first, then the previous one. Without any the site may name one: see the file on
	 * verifying by the site.
	 */
	secrets: string[];
	/** Where both come from. */
	credential: ExpertCredential;
}

type Context = Pick<DeliveryContext, 'n8n' | 'webhookUrl' | 'arrivedAt'>;

/**
 * The config by the cached credential. One that cannot be used is read once more: it may have been
 * corrected since.
 *
 * @throws when there is no credential, or nothing in it to check a delivery against. The delivery may
 *   be genuine: it is not rejected permanently, Expert is told to retry.
 */
export async function cachedConfig(context: Context): Promise<VerificationConfig> {
	try {
		return configOf(await cachedCredential(context.n8n), context);
	} catch {
		return await currentConfig(context);
	}
}

/** The config by the credential as it is now: the cached one may be some seconds old. */
export async function currentConfig(context: Context): Promise<VerificationConfig> {
	return configOf(await credentialSince(context.arrivedAt, context.n8n), context);
}

/** The same before a token is rejected: anybody can send a wrong one, so it is read less often. */
export async function configForRejection(context: Context): Promise<VerificationConfig> {
	return configOf(await credentialForRejection(context.arrivedAt, context.n8n), context);
}

function configOf(credential: ExpertCredential, { webhookUrl }: Context): VerificationConfig {
	const authorization = deliveryAuthorization(credential, webhookUrl);
	if (authorization === undefined) throw new RangeError('no API secret to derive a token from');
	const secrets = [credential.signingSecret, credential.previousSigningSecret].flatMap(
		(secret) => secret?.trim() || [],
	);
	return { authorization, secrets, credential };
}
