import { type Field, mapField, numberField, optionsField } from '../../parameters/field';
import type { OperationContext, Output } from './operation';

/* A model has to read all that it gets, and can keep only so much. */

const MAX_CHARS_FOR_TOOLS = 20_000;

/** `undefined` if the option is not added. */
export const limitOfCharacters: Field<number | undefined> = {
	...mapField(
		numberField({
			displayName: 'Limit of Characters',
			name: 'limitOfCharacters',
			typeOptions: { minValue: 0 },
			default: MAX_CHARS_FOR_TOOLS,
			description:
				'How many characters of text to return in all, or 0 for no limit. A text that is cut says so at its end. Without this option, an AI agent gets 20,000, and everything else the whole text.',
		}),
		(number) => Math.floor(number) || Infinity,
	),
	unlessAdded: undefined,
};

/** Options of operations that have no other. */
export const limitOptions = optionsField({ limitOfCharacters });

/**
 * Cuts what the items have under these keys, in this order, so that all of it together keeps to the limit.
 *
 * @returns the same items
 */
export function cutTexts(
	{ isTool }: OperationContext,
	limit: number | undefined,
	keys: string[],
	items: Output[],
): Output[] {
	let left = limit ?? (isTool ? MAX_CHARS_FOR_TOOLS : Infinity);
	for (const [json, key] of items.flatMap(({ json }) => keys.map((key) => [json, key] as const))) {
		const { [key]: text } = json;
		if (typeof text !== 'string') continue;
		if (text.length > left) json[key] = cut(text, left);
		left = Math.max(0, left - text.length);
	}
	return items;
}

/** Says so in the text itself, so that the note goes where the text goes. */
function cut(text: string, max: number): string {
	// Don't leave half of a character.
	const start = text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
	return `${start}\n\n[The text is cut here, after ${start.length} of its ${text.length} characters. Do not save it: the rest would be lost.]`;
}

/** @param hasOwn whether the text may have such a sentence of its own: then only its end tells */
export function isCut(text: string, hasOwn = false): boolean {
	const end = /\[The text is cut here, after \d+ of its \d+ characters\.([^]*)/.exec(text)?.[1];
	return end !== undefined && (!hasOwn || END.test(end));
}

/** Only the rest of the mark may follow, and perhaps the ends of elements. */
const END = /^[^\]]*\](?:\s|<\/[^<>]*>)*$/;
