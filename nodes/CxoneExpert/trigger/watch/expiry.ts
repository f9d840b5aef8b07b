import type { ITriggerFunctions } from 'n8n-workflow';

import { type ExpiryStep, expirySteps, type TokenName } from '../../api/token-expiry';
import { perNode } from '../../shared/per-node';
import { readCredential } from '../read-credential';
import type { Telling } from './telling';

/** What was said of the tokens of a credential: until when each is valid, unix ms, and the step in days. */
export type ToldSteps = Partial<Record<TokenName, [expiresAt: number, days: number]>>;

/** By node, not by credential: each workflow has an error workflow of its own. */
export const toldSteps = perNode((): { steps?: ToldSteps | undefined } => ({}));

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

/** What is stored can be anything. */
export function isToldSteps(stored: unknown): stored is ToldSteps {
	return typeof stored === 'object' && stored !== null && Object.values(stored).every(isPair);
}

function isPair(value: unknown): boolean {
	return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
