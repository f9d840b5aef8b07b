import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../transport/authentication';
import { readParameters, type TriggerParameters } from '../parameters';
import type { Deadline } from './answer';
import type { Policy } from './authenticate';
import { deliveryAuthorization } from './authorization';

/** One request at one node at one moment: what every step of the journey may look at. */
export interface Receipt {
	context: IWebhookFunctions;
	request: ReturnType<IWebhookFunctions['getRequestObject']>;
	parameters: TriggerParameters;
	policy: Policy;
	/** As the credential has it; only to make page addresses. */
	siteUrl: string | undefined;
	/** Unix ms. */
	now: number;
	deadline: Deadline;
}

/**
 * @throws when there is no credential, or nothing in it to check a delivery against. The delivery
 *   may be genuine: it is not refused for good, Expert is asked to come again.
 */
export async function openReceipt(
	context: IWebhookFunctions,
	deadline: Deadline,
): Promise<Receipt> {
	const now = Date.now();
	const parameters = readParameters(context);
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const policy = policyOf(context, credential, parameters);
	const request = context.getRequestObject();
	return { context, request, parameters, policy, siteUrl: credential.siteUrl, now, deadline };
}

/** The one place that knows where the signing secrets come from. */
function policyOf(
	context: IWebhookFunctions,
	credential: ExpertCredential,
	{ verifySignature, maxDeliveryAge }: TriggerParameters,
): Policy {
	const webhookUrl = context.getNodeWebhookUrl('default');
	if (webhookUrl === undefined) throw new RangeError('no webhook address');
	const authorization = deliveryAuthorization(credential, webhookUrl);
	const secrets = [credential.signingSecret, credential.previousSigningSecret].flatMap(
		(secret) => secret?.trim() || [],
	);
	if (authorization === undefined) throw new RangeError('no API secret to derive a token from');
	if (verifySignature && secrets.length === 0) throw new RangeError('no signing secret');
	return { authorization, secrets, verifySignature, maxAge: maxDeliveryAge };
}
