import { sleep } from 'n8n-workflow';

import {
	type VerifiedDelivery,
	checkBody,
	type DeliveryHeaders,
	type RejectionReason,
} from './authenticate';
import type { DeliveryContext } from './context';
import { fittingKey, likelyKeys, siteSecrets } from './signing-hints';

/** Ms that a site gets to say what it names, where the credential has a signing secret already. */
const BUDGET_MS = 250;

/**
 * A last look before a signature is refused although the token is right: the site itself may name the
 * secret, and the log can tell which of the keys at hand would have fitted.
 *
 * @returns `late` when the site has not said in time what it names: the next copy finds the answer
 * @throws when there is no secret at all: the delivery may be genuine, so it is not refused for good
 */
export async function verifyBySite(
	envelope: DeliveryHeaders,
	body: Buffer,
	receipt: DeliveryContext,
): Promise<VerifiedDelivery | { refusal: RejectionReason; hint?: string } | 'late'> {
	const byCredential = checkBody(envelope, body, receipt);
	if (!('refusal' in byCredential)) return byCredential;
	const { context, credential, policy, webhookUrl, deadline, arrivedAt } = receipt;
	const ask = async (since?: number) =>
		await deadline.within(siteSecrets(context, credential, webhookUrl, since));
	const check = (secrets: string[]) =>
		checkBody(envelope, body, { policy: { ...policy, secrets } });
	const hasOwn = policy.secrets.length > 0;
	let named = await Promise.race([ask(), ...(hasOwn ? [sleep(BUDGET_MS)] : [])]);
	// A slow site must not turn the refusal of a forgery into 503. Its answer counts from the next on.
	if (named === undefined && hasOwn) return byCredential;
	// Refusing is permanent: the site may have changed its secret since it was asked.
	if (named?.secrets.length && 'refusal' in check(named.secrets)) {
		named = await ask(arrivedAt);
	}
	if (named === undefined) return 'late';
	const { secrets, guids } = named;
	const bySite = check(secrets);
	if (!('refusal' in bySite)) return bySite;
	if (secrets.length === 0 && !hasOwn) throw new RangeError('no signing secret');
	const keys = likelyKeys({ authorization: policy.authorization, guids, credential });
	const fitting = fittingKey(keys, envelope.timestamp, body, envelope.signatures);
	if (fitting === undefined) return bySite;
	return { ...bySite, hint: `It was signed with ${fitting}: enter that as Signing Secret` };
}
