import { failed, success } from '../../api/result';
import { isSignedWithAny } from '../../shared/signature';
import { beforeDeadline } from '../../api/deadline';
import type { DeliveryHeaders } from './headers';
import type { DeliveryContext } from './context';
import { type Late, rejected, type Verified } from './rejection';
import { likelyKeys, matchingKey, type SiteSecrets } from './signing-hints';
import { siteSecrets, siteSecretsForRejection } from './site-secrets';
import type { VerificationConfig } from './verification-config';

/** Time for the guid of the webhook, which only a hint needs. */
const HINT_BUDGET_MS = 250;

/**
 * A last look before a signature is rejected although the token is right. Where the credential has no
 * signing secret, the site itself may name it. Where it has one, nothing else counts: what the site
 * shows of a webhook, every admin can read.
 *
 * @param config by the credential as it is now
 * @returns `late` when the site has not responded in time: the retry finds what it has said
 * @throws when there is no secret at all: the delivery may be genuine, so Expert is told to retry
 */
export async function verifyBySite(
	headers: DeliveryHeaders,
	body: Buffer,
	config: VerificationConfig,
	context: DeliveryContext,
): Promise<Verified<true>> {
	if (isSignedWithAny(config.secrets, headers, body)) return success(true);
	if (config.secrets.length > 0) {
		return rejected('signature wrong', await hintFor(headers, body, config, context));
	}
	const isSigned = ({ secrets }: SiteSecrets) => isSignedWithAny(secrets, headers, body);
	const site = await secretsForRejection(isSigned, config, context);
	if (site === 'late') return failed('late');
	if (isSigned(site)) return success(true);
	if (site.secrets.length === 0) throw new RangeError('no signing secret');
	return rejected('signature wrong');
}

/** What the site names, read again where it does not match: the site may have changed its secret. */
async function secretsForRejection(
	isSigned: (site: SiteSecrets) => boolean,
	{ credential }: VerificationConfig,
	{ n8n, webhookUrl, deadline, arrivedAt }: DeliveryContext,
): Promise<SiteSecrets | Late> {
	const inTime = async (reading: Promise<SiteSecrets>) =>
		(await beforeDeadline(deadline, reading)) ?? 'late';
	const cached = await inTime(siteSecrets(n8n, credential, webhookUrl));
	if (cached === 'late' || cached.secrets.length === 0 || isSigned(cached)) return cached;
	return await inTime(siteSecretsForRejection(arrivedAt, n8n, credential, webhookUrl));
}

/**
 * Which of the keys at hand would have matched, for whoever sets the trigger up. Others know these keys,
 * too: none is recommended any more once a signature was right.
 */
async function hintFor(
	headers: DeliveryHeaders,
	body: Buffer,
	config: VerificationConfig,
	{ n8n, webhookUrl, deadline, figures }: DeliveryContext,
): Promise<string | undefined> {
	if (figures.lastDelivery !== undefined) return undefined;
	const end = Math.min(deadline, performance.now() + HINT_BUDGET_MS);
	// A slow site must not turn the rejection of a forgery into 503.
	const site = await beforeDeadline(end, siteSecrets(n8n, config.credential, webhookUrl));
	const keys = likelyKeys({ ...config, guids: site?.guids ?? [] });
	const matching = matchingKey(keys, headers.timestamp, body, headers.signatures);
	return matching && `It was signed with ${matching}: enter that as Signing Secret`;
}
