/** Why the site cannot parse a query, one that is all right otherwise: docs/vendor-facts.md#search. */
export function unparsable(query: string): string | undefined {
	const text = query.replace(/\\./gs, 'x');
	// The search itself breaks here, so that the site responds as to any slip of its own.
	if (text.endsWith('\\'))
		throw new Error(`Cannot parse '${query}': nothing is behind the last \\`);
	if (text.split('"').length % 2 === 0) throw new Error(`Cannot parse '${query}': a quote is open`);
	const bare = text.replace(/"[^"]*"/g, 'x');
	const isWrong = !isBalanced(bare) || WRONG.some((pattern) => pattern.test(bare));
	return isWrong ? `Cannot parse <strong>${query}</strong>: Encountered "<EOF>"` : undefined;
}

/** A wildcard that begins a word, operators that lack one, a weight without a number, a field without a value. */
const WRONG = [
	/(^|[\s(!+-])[*?]/,
	/(^|[\s(])~/,
	/(!|(^|\s)(AND|OR|NOT|&&|\|\||[+-]))\s*($|\))/,
	/(^|\()\s*(AND|OR|&&|\|\|)(\s|$)/,
	/\^(?!\d)/,
	/:\s*$/,
];

function isBalanced(text: string): boolean {
	const countOf = (character: string) => text.split(character).length;
	return ['()', '[]', '{}'].every(([start, end]) => countOf(start!) === countOf(end!));
}

/** The words that a page must have: a query without what is syntax. */
export function wordsOf(query: string): string[] {
	return query
		.replace(/\b(AND|OR|NOT)\b|(?<!\S)-\S+|&&|\|\||\\|[!(){}[\]^"~*?:]|(?<!\S)\+/g, ' ')
		.toLowerCase()
		.split(/\s+/)
		.filter(Boolean);
}
