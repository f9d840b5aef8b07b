import type { TokenName } from '../../api/token-expiry';
import { perNode } from '../../memory';

/** What was said of the tokens of a credential: until when each is valid, unix ms, and the step in days. */
export type ToldSteps = Partial<Record<TokenName, [expiresAt: number, days: number]>>;

/** By node, not by credential: each workflow has an error workflow of its own. */
export const toldSteps = perNode((): { steps?: ToldSteps | undefined } => ({}));

/** What is stored can be anything. */
export function isToldSteps(stored: unknown): stored is ToldSteps {
	return typeof stored === 'object' && stored !== null && Object.values(stored).every(isPair);
}

function isPair(value: unknown): boolean {
	return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
