import { expect } from 'vitest';
import { NodeApiError, NodeOperationError } from './n8n.mts';
import type { Scene } from './scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from './secrets.mts';

/** Words with which a text tells people what to do next. */
const NEXT_STEP =
	/\b(check|enter|open|ask|wait|publish|set|choose|switch|remove|try again|give|send)\b/i;

/** What n8n shows of an error while publishing: its message. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
	const outcome = await work.then(
		() => undefined,
		(error: unknown) => error as Error,
	);
	if (outcome === undefined) throw new Error('it was expected to throw, and it did not');
	return outcome;
}

/** The error is made for people: what happened, what to do, and nothing secret in it. */
export function expectAdvice(error: unknown, scene: Scene): void {
	expect(error).toSatisfy(
		(thrown) => thrown instanceof NodeApiError || thrown instanceof NodeOperationError,
	);
	const { message } = error as Error;
	expect(message).toMatch(NEXT_STEP);
	expect(message.length).toBeGreaterThan(40);
	expectNoSecretIn(error, scene);
	expectNoSecretInLog(scene);
}
