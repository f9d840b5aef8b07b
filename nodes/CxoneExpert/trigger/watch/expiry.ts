import type { ITriggerFunctions } from 'n8n-workflow';

import { type ExpiryStep, expirySteps } from '../../api/token-expiry';
import { type ToldSteps, toldSteps } from '../node/told-steps';
import { readCredential } from '../read-credential';
import type { Telling } from './telling';

/**
 * Says that a token expires soon, once for each step: whoever renews a token in time loses nothing.
 *
 * @param isCopy of n8n, which is no reason to alert anybody
 */
export async function tellExpiry(
	n8n: ITriggerFunctions,
	telling: Telling,
	isCopy: boolean,
): Promise<void> {
	const credential = await readCredential(n8n);
	// The check says that.
	if (credential === undefined) return;
	const told = toldSteps(n8n);
	const reached = expirySteps(credential, Date.now());
	for (const step of reached.filter((each) => !isTold(told.steps, each)))
		telling.say('token', step.message, !isCopy);
	const steps = reached.map(({ token, expiresAt, days }) => [token, [expiresAt, days]]);
	told.steps = Object.fromEntries(steps) as ToldSteps;
}

function isTold(told: ToldSteps = {}, { token, expiresAt, days }: ExpiryStep): boolean {
	const [until, step = Infinity] = told[token] ?? [];
	return until === expiresAt && step <= days;
}
