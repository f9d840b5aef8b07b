import { apiSecret, type ExpertCredential, hasSigningSecret } from '../../api/credential';
import { BAD_SITE, INSECURE_SITE, refusal, type UserMessage } from '../../api/expert-error';
import { isEncrypted, siteOrigin } from '../../api/site-url';
import { deliveryAuthorization, deliveryTokenProblem } from '../../shared/delivery-token';
import type { DesiredWebhook } from '../../shared/webhook-sync';
import { canExpertCall } from '../../shared/webhook-url';
import type { TriggerParameters } from '../parameters';

/**
 * What the webhook should be.
 *
 * @param webhookUrl the address that n8n serves for this node (the test address in a test)
 * @throws ExpertError that says what prevents it and how to fix that
 */
export function desiredWebhook(
	parameters: TriggerParameters,
	credential: ExpertCredential,
	webhookUrl: string,
): DesiredWebhook {
	const authorization = deliveryAuthorization(credential, webhookUrl);
	const problem =
		credentialProblem(credential, parameters.verifySignature) ??
		eventProblem(parameters.events) ??
		urlProblem(webhookUrl, credential.siteUrl);
	if (problem !== undefined) throw refusal(problem);
	if (authorization === undefined) throw refusal(NO_API_TOKEN);
	return { url: webhookUrl, authorization, events: parameters.events };
}

const NO_API_TOKEN: UserMessage = {
	message: 'The credential has no token for the Expert API',
	description:
		'Open the CXone Expert API credential and enter the long-term token, or the key, secret and user of a server token.',
};

function credentialProblem(credential: ExpertCredential, verify: boolean): UserMessage | undefined {
	const site = siteOrigin(credential.siteUrl);
	if (site === undefined) return BAD_SITE;
	if (!isEncrypted(site)) return INSECURE_SITE;
	if (apiSecret(credential) === '') return NO_API_TOKEN;
	return secretProblem(credential, verify) ?? deliveryTokenProblem(credential);
}

function secretProblem(credential: ExpertCredential, verify: boolean): UserMessage | undefined {
	if (!verify) return undefined;
	if (!hasSigningSecret(credential)) {
		return {
			message: 'The credential has no signing secret',
			description:
				'Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, add "Verify Signature" under Additional Options of the trigger and turn it off.',
		};
	}
	const { signingSecret: secret = '' } = credential;
	if (secret !== secret.trim()) {
		return {
			message: 'The signing secret begins or ends with white space',
			description:
				'A space or line break was probably copied with it. Enter the Signing Secret again in the CXone Expert API credential.',
		};
	}
	return undefined;
}

function eventProblem(events: string[]): UserMessage | undefined {
	if (events.length > 0) return undefined;
	return {
		message: 'No events are chosen',
		description:
			'Choose at least one event under "Trigger On". For event types that the list does not have, choose "Other Events" and name them.',
	};
}

function urlProblem(webhookUrl: string, siteUrl: string | undefined): UserMessage | undefined {
	if (canExpertCall(webhookUrl, siteOrigin(siteUrl) ?? '')) return undefined;
	return {
		message: 'Expert can only call an https address that it can reach',
		description: `This n8n would register ${webhookUrl}. Set the environment variable WEBHOOK_URL to the public https address of your n8n, restart n8n and publish again.`,
	};
}
