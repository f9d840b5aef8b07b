import type { IDataObject } from 'n8n-workflow';

import { asText, type Field } from './field';
import type { OperationContext } from './operation';

/* A model has to read all that it gets, and can keep only so much. */

const MAX_CHARS_FOR_TOOLS = 20_000;

/** `undefined` if the option is not added. */
export const limitOfCharacters: Field<number | undefined> = {
	property: {
		displayName: 'Limit of Characters',
		name: 'limitOfCharacters',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: MAX_CHARS_FOR_TOOLS,
		description:
			'How many characters of text to return in all, or 0 for no limit. A text that is cut says so at its end. Without this option, an AI agent gets 20,000, and everything else the whole text.',
	},
	unlessAdded: undefined,
	read(entered) {
		const number = Number(asText(entered) || NaN);
		return number >= 0 ? Math.floor(number) || Infinity : MAX_CHARS_FOR_TOOLS;
	},
};

/** Cuts what the items have under `key`, so that all of it together keeps to the limit. */
export function cutTexts(
	{ isTool }: OperationContext,
	limit: number | undefined,
	key: string,
	items: IDataObject[],
): void {
	let left = limit ?? (isTool ? MAX_CHARS_FOR_TOOLS : Infinity);
	for (const item of items) {
		const { [key]: text } = item;
		if (typeof text !== 'string') continue;
		if (text.length > left) item[key] = cut(text, left);
		left = Math.max(0, left - text.length);
	}
}

/** In the text itself, so that it goes where the text goes. */
function cut(text: string, max: number): string {
	// No half of a character.
	const start = text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
	return `${start}\n\n[The text is cut here, after ${start.length} of its ${text.length} characters. Do not save it: the rest would be lost.]`;
}

export function isCut(text: string): boolean {
	return /\[The text is cut here, after \d+ of its \d+ characters\./.test(text);
}
