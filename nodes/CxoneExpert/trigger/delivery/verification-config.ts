import type { ExpertCredential } from '../../api/credential';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { isSameUrl } from '../../shared/webhook-url';
import { addressOf } from '../publish/address';
import { readStoredAddress } from '../watch/stored';
import { type DeliveryContext, isTest } from './context';
import {
	cachedCredential,
	credentialForRejection,
	credentialSince,
} from '../../n8n/credential-cache';

/** What a delivery is checked against. */
export interface VerificationConfig {
	/** The whole `Authorization` value that belongs to the address that n8n serves. */
	authorization: string;
	/** The same of the address under which the webhook was registered, where that is another one. */
	registeredAuthorization?: string | undefined;
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

function configOf(credential: ExpertCredential, context: Context): VerificationConfig {
	const authorization = deliveryAuthorization(credential, context.webhookUrl);
	if (authorization === undefined) throw new RangeError('no API secret to derive a token from');
	const secrets = [credential.signingSecret, credential.previousSigningSecret].flatMap(
		(secret) => secret?.trim() || [],
	);
	const formerUrl = formerAddress(context);
	const registeredAuthorization = formerUrl && deliveryAuthorization(credential, formerUrl);
	return { authorization, registeredAuthorization, secrets, credential };
}

/**
 * The address under which the webhook is still registered. It is not the one that n8n serves after
 * WEBHOOK_URL was changed, or in a process that has another one: what Expert sends is genuine all the
 * same, and would be lost if it was refused.
 */
function formerAddress({ n8n, webhookUrl }: Context): string | undefined {
	if (isTest(n8n)) return undefined;
	const registered = addressOf(n8n).registeredUrl ?? readStoredAddress(n8n);
	return registered === undefined || isSameUrl(registered, webhookUrl) ? undefined : registered;
}
