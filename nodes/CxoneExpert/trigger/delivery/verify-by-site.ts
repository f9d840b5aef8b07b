import { failed, success } from '../../api/result';
import { isSignedWithAny } from '../../shared/signature';
import { beforeDeadline } from './deadline';
import type { DeliveryHeaders } from './headers';
import type { DeliveryContext } from './context';
import { type Late, rejected, type Verified } from './rejection';
import { fittingKey, likelyKeys, type SiteSecrets } from './signing-hints';
import { siteSecrets } from './site-secrets';
import type { VerificationConfig } from './verification-config';

/** Time for the site to name its secrets, where the credential has a signing secret already. */
const BUDGET_MS = 250;

/**
 * A last look before a signature is rejected although the token is right: the site itself may name
 * the secret, and the log can tell which of the keys at hand would have fitted.
 *
 * @param config by the credential as it is now
 * @returns `late` when the site has not answered in time: the retry finds the answer
 * @throws when there is no secret at all: the delivery may be genuine, so Expert is told to retry
 */
export async function verifyBySite(
	headers: DeliveryHeaders,
	body: Buffer,
	config: VerificationConfig,
	context: DeliveryContext,
): Promise<Verified<true>> {
	if (isSignedWithAny(config.secrets, headers, body)) return success(true);
	const isSigned = ({ secrets }: SiteSecrets) => isSignedWithAny(secrets, headers, body);
	const hasOwnSecret = config.secrets.length > 0;
	const site = await secretsForRefusal(isSigned, hasOwnSecret, config, context);
	if (site === 'late') return failed('late');
	// A slow site must not turn the rejection of a forgery into 503. Its answer counts from then on.
	if (site === undefined) return rejected('signature wrong');
	if (isSigned(site)) return success(true);
	if (site.secrets.length === 0 && !hasOwnSecret) throw new RangeError('no signing secret');
	const keys = likelyKeys({ ...config, guids: site.guids });
	const fitting = fittingKey(keys, headers.timestamp, body, headers.signatures);
	const hint = fitting && `It was signed with ${fitting}: enter that as Signing Secret`;
	return rejected('signature wrong', hint);
}

/**
 * What the site names, read again where it does not fit: the site may have changed its secret.
 *
 * @returns `undefined` when a site that need not be asked takes too long
 */
async function secretsForRefusal(
	isSigned: (site: SiteSecrets) => boolean,
	hasOwnSecret: boolean,
	{ credential }: VerificationConfig,
	{ n8n, webhookUrl, deadline, arrivedAt }: DeliveryContext,
): Promise<SiteSecrets | undefined | Late> {
	const ask = async (until: number, since?: number) =>
		await beforeDeadline(until, siteSecrets(n8n, credential, webhookUrl, since));
	const budgetEnd = hasOwnSecret ? Math.min(deadline, performance.now() + BUDGET_MS) : deadline;
	const cached = await ask(budgetEnd);
	if (cached === undefined) return budgetEnd < deadline ? undefined : 'late';
	if (cached.secrets.length === 0 || isSigned(cached)) return cached;
	return (await ask(deadline, arrivedAt)) ?? 'late';
}
