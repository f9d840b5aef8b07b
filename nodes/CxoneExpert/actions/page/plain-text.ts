const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text as HTML: each line that is not blank becomes a paragraph, nothing in it is markup.
 *
 * A site runs what stands between double braces as a script (source: the vendor's pages on
 * DekiScript), however it is escaped. A word joiner, which nobody sees, keeps two braces apart: a
 * text from outside must not run anything.
 */
export function paragraphsOf(text: string): string {
	return text
		.split(/\r\n|\r|\n/)
		.filter((line) => line.trim() !== '')
		.map((line) => `<p>${escaped(line.trim())}</p>`)
		.join('\n');
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]!).replace(/\{(?=\{)/g, '{\u2060');
}
