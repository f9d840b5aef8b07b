import { refuseInput } from '../core/input-problem';

/** Characters that no XML document can carry, not even escaped (XML 1.0, 2.2). */
const IMPOSSIBLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The text; refuses a character in it that cannot be sent. */
export function xmlText(text: string, label: string): string {
	const character = IMPOSSIBLE.exec(text)?.[0];
	if (character === undefined) return text;
	const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	return refuseInput({
		message: `"${label}" contains a character that cannot be sent to Expert: U+${code}`,
		description:
			'It is an invisible control character. Remove it, for instance with an expression, and run the node again.',
	});
}
