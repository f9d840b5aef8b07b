import { acceptsUnsigned, apiSecret, type ExpertCredential, hasSigningSecret } from '../../api/credential';
import { credentialRefusal, refusal, type UserMessage } from '../../api/expert-error';
import { optionalEvents } from '../../event/draft-publish';
import { usableOrigin } from '../../api/site-url';
import { NO_API_TOKEN, requiredAuthorization } from '../../protocol/token';
import type { WantedWebhook } from '../../api/webhook-sync';
import { canExpertCall } from '../../api/webhook-url';
import type { TriggerParameters } from '../parameters';

/**
 * Returns the webhook that the workflow and its credential want.
 *
 * @param url that n8n serves for this node (the test address in a test)
 * @throws ExpertError if the site would not accept the webhook, or could not call it
 */
export function wantedWebhook({ events }: TriggerParameters, credential: ExpertCredential, url: string): WantedWebhook {
	const site = usableOrigin(credential.siteUrl);
	if (apiSecret(credential) === '') throw credentialRefusal(NO_API_TOKEN);
	const ofSecret = signingSecretProblem(credential);
	if (ofSecret !== undefined) throw credentialRefusal(ofSecret);
	const authorization = requiredAuthorization(credential, url);
	if (events.length === 0) throw refusal(NO_EVENTS_CHOSEN);
	if (!canExpertCall(url, site)) throw refusal(notReachable(url));
	return { url, authorization, events, optionalEvents: optionalEvents(events) };
}

/** Says what keeps the trigger from checking signatures, unless the credential allows deliveries without one. */
export function signingSecretProblem(credential: ExpertCredential): UserMessage | undefined {
	if (acceptsUnsigned(credential)) return undefined;
	if (!hasSigningSecret(credential)) return NO_SIGNING_SECRET;
	const { signingSecret: secret = '' } = credential;
	return secret === secret.trim() ? undefined : SECRET_WITH_SPACE;
}

const NO_SIGNING_SECRET: UserMessage = {
	message: 'The credential has no signing secret',
	description:
		"Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, turn on 'My Site Has No Signing Secret Yet' there.",
};

const SECRET_WITH_SPACE: UserMessage = {
	message: 'The signing secret begins or ends with white space',
	description:
		'A space or line break was probably copied with it. Enter the Signing Secret again in the CXone Expert API credential.',
};

const NO_EVENTS_CHOSEN: UserMessage = {
	message: 'No events are chosen',
	description:
		'Choose at least one event under \'Trigger On\'. For event types that the list does not have, choose "Unlisted Events" and name them.',
};

/** Explains an address that Expert cannot call. */
export function notReachable(url: string): UserMessage {
	return {
		message: 'Expert can only call an https address that it can reach',
		description: `This n8n would register ${url}. Set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) to the public https address of your n8n, restart n8n and publish again.`,
	};
}
