import type { OperationContext } from '../core/operation-context';

/** What no XML document can carry, not even escaped (XML 1.0, 2.2). */
const IMPOSSIBLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The text, or words about a character in it that cannot be sent. */
export function xmlText(run: OperationContext, text: string, label: string): string {
	const sign = IMPOSSIBLE.exec(text)?.[0];
	if (sign === undefined) return text;
	const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	return run.site.refuse({
		message: `"${label}" holds a character that cannot be sent to Expert: U+${code}`,
		description:
			'It is an invisible control character. Remove it, for instance with an expression, and run the node again.',
	});
}
