import { apiSecret, type ExpertCredential } from '../../api/credential';
import { anySignatureMatches, sign } from '../../shared/signature';

/*
 * The vendor does not say where the secret comes from that signs the deliveries. So when everything
 * about a delivery is right but its signature, two things help: what the site itself names as a
 * secret, and which of the keys at hand would have given this signature.
 */

/** A key that the site may have signed with, in words for the log that do not show it. */
export interface LikelyKey {
	label: string;
	/** Secret. */
	key: string;
}

/** What is known of one node's webhook. */
export interface KnownOfWebhook {
	/** The whole `Authorization` value that the site sends with each delivery. Secret. */
	authorization: string;
	guids: string[];
	credential: ExpertCredential;
}

/** The keys at hand, the likeliest first. */
export function likelyKeys({ authorization, guids, credential }: KnownOfWebhook): LikelyKey[] {
	const keys = [
		{ label: 'the whole Authorization value of the deliveries', key: authorization },
		{
			label: 'the delivery token without its scheme',
			key: authorization.replace(/^\S+\s+/, ''),
		},
		...guids.map((key) => ({ label: 'the guid of the webhook', key })),
		{ label: apiSecretLabel(credential), key: apiSecret(credential) },
	];
	return keys.filter(({ key }) => key !== '');
}

function apiSecretLabel({ authentication }: ExpertCredential): string {
	return authentication === 'serverToken'
		? 'the secret of the server token'
		: 'the long-term token';
}

/**
 * The label of the key that gives one of the received signatures. Always tries all of them, so that
 * the time it takes tells nothing.
 *
 * @param timestamp the literal text that was signed
 */
export function matchingKey(
	keys: LikelyKey[],
	timestamp: string,
	body: Buffer,
	signatures: Buffer[],
): string | undefined {
	const matching = keys.filter(({ key }) =>
		anySignatureMatches(signatures, [sign(key, timestamp, body)]),
	);
	return matching[0]?.label;
}

/** What the site says of the webhooks with our address. */
export interface SiteSecrets {
	/** What the site names as signing secrets. */
	secrets: string[];
	guids: string[];
}
