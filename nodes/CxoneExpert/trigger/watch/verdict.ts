import type { Webhook } from '../../api/webhooks';
import { isDisabledByExpert } from '../../shared/disabled-webhook';
import type { LastRegistration } from '../subscription/address';
import type { DesiredWebhook } from '../subscription/desired';
import { differences, isUpToDate } from '../subscription/diff';

/**
 * What is to be done about what is at the site:
 *
 * - `up to date`: nothing
 * - `changed`: it is not there, not alone or not as it should be, and may be repaired
 * - `disabled by Expert`: the same, after deliveries that failed
 * - `disabled by a person`: it stays so
 * - `not ours`: it is not there, and was registered under another address: a copy of n8n
 * - `never registered`: it is not there, and nothing says that it ever was: maybe a copy of n8n
 */
export type Verdict =
	| 'up to date'
	| 'changed'
	| 'disabled by Expert'
	| 'disabled by a person'
	| 'not ours'
	| 'never registered';

/**
 * @param found the webhooks with our address
 */
export function verdictOn(
	found: Webhook[],
	desired: DesiredWebhook,
	registered: LastRegistration,
): Verdict {
	if (found.length === 0) return VERDICT_ON_NONE[registered];
	if (found.every(({ active }) => !active)) {
		return found.some(isDisabledByExpert) ? 'disabled by Expert' : 'disabled by a person';
	}
	const [first, ...others] = found;
	return others.length === 0 && isAsDesired(first!, desired) ? 'up to date' : 'changed';
}

const VERDICT_ON_NONE = {
	here: 'changed',
	elsewhere: 'not ours',
	unknown: 'never registered',
} as const;

export function isAsDesired(webhook: Webhook, desired: DesiredWebhook): boolean {
	return isUpToDate(differences(webhook, desired));
}
