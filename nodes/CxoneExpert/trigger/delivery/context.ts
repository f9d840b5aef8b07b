import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { readParameters, type TriggerParameters } from '../parameters';
import type { VerificationConfig } from './authenticate';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { type Moment, presentMoment } from './clock';
import { credentialForRefusal, credentialSince, cachedCredential } from './n8n/credential-cache';
import type { Deadline } from './deadline';

/** One request at one node at one moment. */
interface Arrival {
	context: IWebhookFunctions;
	request: ReturnType<IWebhookFunctions['getRequestObject']>;
	parameters: TriggerParameters;
	now: Moment;
	/** The same moment in ms of the monotonic clock. */
	arrivedAt: number;
	deadline: Deadline;
	/** The address that n8n serves for this node. */
	webhookUrl: string;
}

/** The same with what the credential says: what every step of the journey may look at. */
export interface DeliveryContext extends Arrival {
	policy: VerificationConfig;
	credential: ExpertCredential;
}

/**
 * @throws when there is no credential, or nothing in it to check a delivery against. The delivery
 *   may be genuine: it is not refused for good, Expert is asked to come again.
 */
export async function openContext(
	context: IWebhookFunctions,
	deadline: Deadline,
): Promise<DeliveryContext> {
	const webhookUrl = context.getNodeWebhookUrl('default');
	if (webhookUrl === undefined) throw new RangeError('no webhook address');
	const arrival = {
		context,
		webhookUrl,
		request: context.getRequestObject(),
		parameters: readParameters(context),
		now: presentMoment(),
		arrivedAt: performance.now(),
		deadline,
	};
	try {
		return receiptOf(arrival, await cachedCredential(context));
	} catch {
		// It may have been mended since it was read.
		return await withCurrentCredential(arrival);
	}
}

/** With the credential as it is now: what is kept of it may be some seconds old. */
export async function withCurrentCredential(arrival: Arrival): Promise<DeliveryContext> {
	return receiptOf(arrival, await credentialSince(arrival.arrivedAt, arrival.context));
}

/** The same before a token is refused: anybody can send a wrong one, so it is read less often. */
export async function withRecentCredential(arrival: Arrival): Promise<DeliveryContext> {
	return receiptOf(arrival, await credentialForRefusal(arrival.arrivedAt, arrival.context));
}

function receiptOf(arrival: Arrival, credential: ExpertCredential): DeliveryContext {
	return { ...arrival, policy: policyOf(arrival, credential), credential };
}

/** Without a signing secret the site may name one: see the file on verifying by the site. */
function policyOf(
	{ parameters: { verifySignature, maxDeliveryAge }, webhookUrl }: Arrival,
	credential: ExpertCredential,
): VerificationConfig {
	const authorization = deliveryAuthorization(credential, webhookUrl);
	const secrets = [credential.signingSecret, credential.previousSigningSecret].flatMap(
		(secret) => secret?.trim() || [],
	);
	if (authorization === undefined) throw new RangeError('no API secret to derive a token from');
	return { authorization, secrets, verifySignature, maxAge: maxDeliveryAge };
}
