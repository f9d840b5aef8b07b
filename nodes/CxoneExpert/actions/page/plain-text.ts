const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text as HTML: each line that is not blank becomes a paragraph; nothing in it is treated as markup.
 *
 * A site runs the text between double braces as a script (source: the vendor's pages on DekiScript),
 * even when it is escaped. An invisible word joiner keeps two braces apart: text from outside must not
 * run anything.
 */
export function paragraphsOf(text: string): string {
	return text
		.split(/\r\n|\r|\n/)
		.filter((line) => line.trim() !== '')
		.map((line) => `<p>${escaped(line.trim())}</p>`)
		.join('\n');
}

function escaped(text: string): string {
	return text
		.replace(/[&<>"]/g, (character) => ESCAPES[character]!)
		.replace(/\{(?=\{)/g, '{\u2060');
}
