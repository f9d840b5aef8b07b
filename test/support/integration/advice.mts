import { expect } from 'vitest';
import { withCause } from './causes.mts';
import { NodeApiError, NodeOperationError } from './n8n.mts';
import type { Scene } from './scene.mts';
import { expectNoSecretIn, expectNoSecretInLog, type Secretive } from './secrets.mts';

/** Words with which a text tells people what to do next. */
const NEXT_STEP =
	/\b(add|check|enter|open|ask|wait|publish|set|choose|switch|remove|try again|give|send|run|read|restore|use|upload)\b/i;

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
	const { message } = shownOf(error, scene);
	expect(message).toMatch(NEXT_STEP);
	expect(message.length).toBeGreaterThan(40);
}

/** What n8n shows of an error of its own kinds. */
function shownOf(error: unknown, secretive: Secretive): { message: string; description?: unknown } {
	expect(error).toSatisfy((thrown) => thrown instanceof NodeApiError || thrown instanceof NodeOperationError);
	expectNoSecretIn(error, secretive);
	expectNoSecretInLog(secretive);
	return withCause(error) as Error;
}

/** Words that n8n's guidelines do not want in what people read, and what gets there by accident. */
const UNWANTED = /\b(errors?|problems?|failures?|mistakes?|undefined|null|NaN)\b|\[object |\n\s+at /i;

/** A text for people, of whatever the action node shows. */
export function expectPlainWords(text: unknown): void {
	expect(text).toEqual(expect.any(String));
	expect(String(text).trim()).not.toBe('');
	// What was entered is repeated between quotes.
	expect(String(text).replace(/"[^"]*"|'[^']*'/g, '""')).not.toMatch(UNWANTED);
}

/** Error of the action node: the message says what happened, the description what to do. */
export function expectActionAdvice(thrown: unknown, secretive: Secretive): void {
	const { message, description } = shownOf(thrown, secretive);
	expectPlainWords(message);
	expectPlainWords(description);
	expect(message.length).toBeGreaterThan(10);
	expect(description).toMatch(NEXT_STEP);
}
