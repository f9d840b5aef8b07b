import type { ITriggerFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { EXPIRY_STEPS_DAYS, type ExpiringToken, expiringTokens } from '../../api/token-expiry';
import { perNode } from '../../memory';
import type { Alerts } from './alerts';

/** The steps that were last reported, by node: each workflow has its own error workflow. Publishing repeats none. */
const lastReported = perNode((): { steps: string[] } => ({ steps: [] }));

/**
 * Reports tokens that expire soon, each step once.
 *
 * @param isCopy of n8n: logs only
 */
export function reportExpiry(
	n8n: ITriggerFunctions,
	alerts: Alerts,
	credential: ExpertCredential,
	isCopy: boolean,
): void {
	const last = lastReported(n8n);
	const reached = expiringTokens(credential, Date.now()).flatMap(stepOf);
	for (const { step, token } of reached)
		if (!last.steps.includes(step)) alerts.send('token', token, isCopy ? undefined : 'credential-invalid');
	last.steps = reached.map(({ step }) => step);
}

/** The last step that a token has reached. The check reports a token that has expired. */
function stepOf(token: ExpiringToken): Array<{ step: string; token: ExpiringToken }> {
	const { name, expiresAt, daysLeft } = token;
	const days = EXPIRY_STEPS_DAYS.filter((each) => daysLeft <= each).at(-1);
	if (days === undefined || daysLeft <= 0) return [];
	return [{ step: `${name} ${expiresAt.getTime()} ${days}`, token }];
}
